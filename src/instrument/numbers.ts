import { types as t } from '@babel/core';
import { childrenOf } from './children.ts';

/**
 * Names that hold numbers, as far as their text tells: what is counted, assigned a number, or calculated. A key that
 * is a number looks nothing up in a table of words, and tracing it would cost every turn of a loop over an array.
 */
export interface Numbers {
  /** Variables, as known in the function at hand. */
  variables: ReadonlySet<string>;
  outer: Numbers | null;
}

const CALCULATES = new Set(['-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>', '>>>']);
/** Methods that answer with a number. */
const MEASURES = /^(?:charCodeAt|codePointAt|indexOf|lastIndexOf|search|read(?:U?Int|Float|Double)\w*)$/;

export class NumberNames {
  readonly #variables = new Map<t.Node, Set<string>>();
  /** Of all objects. */
  readonly #properties = new Set(['length', 'byteLength', 'size']);

  constructor(program: t.Program) {
    this.#function(program);
  }

  /** @param node the program, or a function in it */
  of(node: t.Node, outer: Numbers | null): Numbers {
    return { variables: this.#variables.get(node) ?? new Set(), outer };
  }

  /** Whether an expression is plainly a number. */
  isNumber(node: t.Node, numbers: Numbers | null): boolean {
    const is = (one: t.Node): boolean => this.isNumber(one, numbers);
    switch (node.type) {
      case 'NumericLiteral':
      case 'UpdateExpression':
        return true;
      case 'UnaryExpression':
        return node.operator === '-' || node.operator === '+' || node.operator === '~';
      case 'BinaryExpression':
        if (CALCULATES.has(node.operator)) return true;
        // Text with a number behind it has been seen, but is no key that somebody would put into an input.
        return node.operator === '+' && (is(node.left) || is(node.right)) && !hasText(node);
      case 'AssignmentExpression':
        return node.operator === '=' ? is(node.right) : CALCULATES.has(node.operator.slice(0, -1));
      case 'SequenceExpression':
        return is(node.expressions.at(-1)!);
      case 'Identifier':
        for (let at = numbers; at !== null; at = at.outer) if (at.variables.has(node.name)) return true;
        return false;
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        return !node.computed && t.isIdentifier(node.property) && this.#properties.has(node.property.name);
      case 'CallExpression': {
        const { callee } = node;
        if (!t.isMemberExpression(callee) || callee.computed || !t.isIdentifier(callee.property))
          return false;
        return MEASURES.test(callee.property.name) || t.isIdentifier(callee.object, { name: 'Math' });
      }
      default:
        return false;
    }
  }

  /** Collects what the text of a function, less that of the functions in it, says of its names. */
  #function(root: t.Node): void {
    const found = new Set<string>();
    this.#variables.set(root, found);
    const numbers: Numbers = { variables: found, outer: null };
    const visit = (node: t.Node): void => {
      if (node !== root && t.isFunction(node)) {
        this.#function(node);
        return;
      }
      for (const child of childrenOf(node)) visit(child);
      const target = numberTarget(node, (value) => this.isNumber(value, numbers));
      if (t.isIdentifier(target)) found.add(target.name);
      else if (t.isMemberExpression(target) && !target.computed && t.isIdentifier(target.property))
        this.#properties.add(target.property.name);
    };
    visit(root);
  }
}

/** What a node makes a number of. */
function numberTarget(node: t.Node, isNumber: (value: t.Node) => boolean): t.Node | null {
  if (t.isUpdateExpression(node)) return node.argument;
  if (t.isVariableDeclarator(node)) return node.init && isNumber(node.init) ? node.id : null;
  if (!t.isAssignmentExpression(node)) return null;
  return isNumber(node) ? node.left : null;
}

const hasText = ({ left, right }: t.BinaryExpression): boolean =>
  [left, right].some((side) => t.isStringLiteral(side) || t.isTemplateLiteral(side));
