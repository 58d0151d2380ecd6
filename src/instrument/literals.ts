import { types as t } from '@babel/core';
import type { Literals } from '../abi/module.ts';
import { childrenOf } from './children.ts';
import { OPERATORS } from './compares.ts';
import { patternTexts } from './patterns.ts';
import { type FieldCompare, fieldCompare, recordTexts } from './records.ts';
import { isErased } from './typescript.ts';

/** Bytes of UTF-8; longer ones are prose. */
const MAX_LENGTH = 64;
/** Texts and numbers of one file. */
const MAX_COUNT = 1024;
/** Numbers below are bytes, which a fuzzer tries by itself. */
const MAX_BYTE = 255;

/**
 * The words that an input of a file's code could have in it: its texts and numbers, the characters of its patterns,
 * keys of its objects, and names of properties that it compares.
 */
export function literalsOf(program: t.Program, code: string): Literals {
  const found = new Collector();
  found.visit(program, program);
  for (const text of recordTexts(found.fields, code)) found.text(text);
  return { literals: [...found.texts], numbers: [...found.numbers] };
}

class Collector {
  readonly texts = new Set<string>();
  readonly numbers = new Set<number>();
  readonly fields: FieldCompare[] = [];

  visit(node: t.Node, parent: t.Node): void {
    if (isSpecifier(node, parent)) return;
    this.#own(node, parent);
    for (const child of childrenOf(node)) this.visit(child, node);
  }

  #own(node: t.Node, parent: t.Node): void {
    switch (node.type) {
      case 'StringLiteral':
        this.text(node.value);
        break;
      case 'TemplateElement':
        this.text(node.value.cooked ?? '');
        break;
      case 'RegExpLiteral':
        for (const text of patternTexts(node.pattern)) this.text(text);
        break;
      case 'NumericLiteral':
        this.#number(t.isUnaryExpression(parent, { operator: '-' }) ? -node.value : node.value);
        break;
      case 'BigIntLiteral':
        // Some are longer than a number holds.
        if (Number.isSafeInteger(Number(node.value))) this.#number(Number(node.value));
        else this.text(BigInt(node.value).toString());
        break;
      case 'ObjectProperty':
      case 'ObjectMethod':
        this.#name(node);
        break;
      case 'BinaryExpression':
        if (!OPERATORS.has(node.operator) && node.operator !== 'in') break;
        for (const side of [node.left, node.right]) this.#member(side);
        this.#field(node.left, node.right);
        break;
      case 'SwitchStatement':
        this.#member(node.discriminant);
        for (const { test } of node.cases) if (test) this.#field(node.discriminant, test);
        break;
      case 'CallExpression':
      case 'OptionalCallExpression':
        // Whose method is called is what is compared: `node.name.startsWith(…)`.
        if (t.isMemberExpression(node.callee)) this.#member(node.callee.object);
    }
  }

  #field(a: t.Node, b: t.Node): void {
    const field = fieldCompare(a, b);
    if (field !== null) this.fields.push(field);
  }

  #name({ key, computed }: { key: t.Node; computed?: boolean }): void {
    if (!computed && t.isIdentifier(key) && key.name.length > 1) this.text(key.name);
  }

  #member(node: t.Node): void {
    if (t.isMemberExpression(node) || t.isOptionalMemberExpression(node))
      this.#name({ key: node.property, computed: node.computed });
  }

  text(text: string): void {
    if (text !== '' && this.texts.size < MAX_COUNT && Buffer.byteLength(text) <= MAX_LENGTH)
      this.texts.add(text);
  }

  #number(value: number): void {
    const isByte = Number.isInteger(value) && Math.abs(value) <= MAX_BYTE;
    if (!isByte && Number.isFinite(value) && this.numbers.size < MAX_COUNT) this.numbers.add(value);
  }
}

/** What only says where a module is, how code is to be run, or what types there are. */
function isSpecifier(node: t.Node, parent: t.Node): boolean {
  if (t.isDirective(node) || t.isImportAttribute(node) || t.isTSExternalModuleReference(node)) return true;
  if (isErased(node) && !/^TSEnum/.test(node.type)) return true;
  if (!t.isStringLiteral(node)) return false;
  if (t.isImportOrExportDeclaration(parent) || t.isImportExpression(parent)) return true;
  if (!t.isCallExpression(parent)) return false;
  return t.isImport(parent.callee) || t.isIdentifier(parent.callee, { name: 'require' });
}
