import { types as t } from '@babel/core';

/** A value that a field of some record is compared with. */
export interface FieldCompare {
  /** Names from the outermost to the field's own. */
  names: readonly string[];
  value: string | number | boolean;
}

/** Texts of records that a program may want, in the formats that its own text speaks of. */
export function recordTexts(compares: readonly FieldCompare[], code: string): string[] {
  const texts: string[] = [];
  if (code.includes('JSON.parse')) for (const one of compares) texts.push(...jsonTexts(one));
  if (/['"`]&['"`]|URLSearchParams|querystring/.test(code))
    for (const { names, value } of compares) texts.push(`${names.at(-1)}=${value}&`);
  return texts;
}

/** The whole, `{"user":{"role":"root"}}`, and what can be added to an object that is there: `"role":"root",`. */
function jsonTexts({ names, value }: FieldCompare): string[] {
  const own = JSON.stringify(value);
  const whole = names.reduceRight((inner, name) => `{${JSON.stringify(name)}:${inner}}`, own);
  return [whole, `${JSON.stringify(names.at(-1))}:${own},`];
}

/** What is compared where one side is a field or a variable, which may have been a field, and the other a literal. */
export function fieldCompare(a: t.Node, b: t.Node): FieldCompare | null {
  for (const [field, literal] of [
    [a, b],
    [b, a],
  ] as const) {
    const names = namesOf(field);
    const value = literalOf(literal);
    if (names.length > 0 && value !== undefined) return { names, value };
  }
  return null;
}

function literalOf(node: t.Node): FieldCompare['value'] | undefined {
  if (t.isStringLiteral(node) || t.isNumericLiteral(node) || t.isBooleanLiteral(node)) return node.value;
  return undefined;
}

/** The names of `value.user.role` but the first, which is the record itself; that of a variable alone. */
function namesOf(node: t.Node): string[] {
  if (t.isIdentifier(node)) return node.name === 'undefined' ? [] : [node.name];
  const names: string[] = [];
  let inner: t.Node = node;
  while (t.isMemberExpression(inner) || t.isOptionalMemberExpression(inner)) {
    if (inner.computed ? !t.isStringLiteral(inner.property) : !t.isIdentifier(inner.property)) return [];
    names.unshift(
      t.isStringLiteral(inner.property) ? inner.property.value : (inner.property as t.Identifier).name,
    );
    inner = inner.object;
  }
  return names;
}
