import { types as t } from '@babel/core';
import { peek } from './emit.ts';
import type { Rewriter } from './rewriter.ts';

/** What operands are, as far as their text tells, and how a trace gets at their values. */

/** The literals that a fuzzer can write into an input. */
export function isLiteral(node: t.Node): boolean {
  if (t.isUnaryExpression(node) && (node.operator === '-' || node.operator === '+'))
    return t.isNumericLiteral(node.argument) || t.isBigIntLiteral(node.argument);
  if (t.isTemplateLiteral(node)) return node.expressions.length === 0;
  return t.isNumericLiteral(node) || t.isStringLiteral(node) || t.isBigIntLiteral(node);
}

/** Operands that tell a fuzzer nothing: types, absence, and what no input can become. */
export function isIdle(node: t.Node): boolean {
  if (t.isUnaryExpression(node))
    return node.operator === 'typeof' || node.operator === 'void' || node.operator === '!';
  if (t.isIdentifier(node)) return node.name === 'undefined' || node.name === 'NaN';
  return (
    t.isPrivateName(node) ||
    t.isNullLiteral(node) ||
    t.isBooleanLiteral(node) ||
    t.isRegExpLiteral(node) ||
    t.isFunction(node) ||
    t.isClass(node) ||
    t.isObjectExpression(node) ||
    t.isArrayExpression(node) ||
    t.isNewExpression(node)
  );
}

/** Whether evaluating the operand a second time gives the same and does nothing besides. */
export function isRepeatable(rewriter: Rewriter, node: t.Node): boolean {
  if (isLiteral(node) || t.isThisExpression(node)) return true;
  return t.isIdentifier(node) && !rewriter.options.isGlobal(node.name);
}

/** The same for who only looks at the value: a pattern that is made again has all that its text says. */
export const isCopyable = (rewriter: Rewriter, node: t.Node): boolean =>
  t.isRegExpLiteral(node) || isRepeatable(rewriter, node);

/** What stands inside of the wrappers of types. */
export function unwrapped(node: t.Node): t.Node {
  let inner = node;
  while (
    t.isTSNonNullExpression(inner) ||
    t.isTSAsExpression(inner) ||
    t.isTSSatisfiesExpression(inner) ||
    t.isTSTypeAssertion(inner) ||
    t.isParenthesizedExpression(inner)
  )
    inner = inner.expression;
  return inner;
}

export type Member = t.MemberExpression | t.OptionalMemberExpression;
export const isMember = (node: t.Node): node is Member =>
  t.isMemberExpression(node) || t.isOptionalMemberExpression(node);

/**
 * An operand in its place. It is described before the tree around it is rewritten, and its value is asked for
 * afterwards; where the value can be had in no other way, that puts a variable into the operand's place:
 *
 *     x       ->  x
 *     this.a  ->  __kcov.peek(this, ["a"])
 *     f()     ->  l, in the place of f() stands (l = f())
 */
export interface Operand {
  value(role: Role): t.Expression;
  /** Whether a variable is put there. */
  isHeld: boolean;
}
export type Role = 'left' | 'right' | 'from';

/** The field of a node that an operand stands in. */
export interface Place {
  parent: object;
  field: string | number;
}

const read = ({ parent, field }: Place): t.Expression =>
  (parent as Record<string | number, t.Expression>)[field]!;
function write({ parent, field }: Place, value: t.Expression): void {
  (parent as Record<string | number, t.Expression>)[field] = value;
}

/** Asked twice: before the rewriting and, of what stands there then, after it. */
const repeated = (place: Place): Operand => ({
  value: () => t.cloneNode(unwrapped(read(place)) as t.Expression),
  isHeld: false,
});

function held(rewriter: Rewriter, place: Place, names: t.Expression[] = []): Operand | null {
  if (!rewriter.hasTemps) return null;
  const value = (role: Role): t.Expression => {
    const variable = rewriter.temp(role);
    write(place, t.assignmentExpression('=', variable, read(place)));
    return names.length === 0 ? t.cloneNode(variable) : peek(t.cloneNode(variable), names);
  };
  return { value, isHeld: true };
}

/** An argument, or another operand that is evaluated where it stands. Null where it cannot be traced. */
export function argument(rewriter: Rewriter, place: Place): Operand | null {
  const node = unwrapped(read(place));
  return isCopyable(rewriter, node) ? repeated(place) : held(rewriter, place);
}

/** The object of a member, which may be a link of an optional chain. Null where it cannot be traced. */
export function object(rewriter: Rewriter, member: Member, mayHold: boolean): Operand | null {
  const place: Place = { parent: member, field: 'object' };
  const node = unwrapped(member.object);
  if (isCopyable(rewriter, node)) return repeated(place);

  const { root, rootPlace, names } = chain(rewriter, node, place);
  if (isRepeatable(rewriter, root))
    return {
      value: () =>
        peek(
          t.cloneNode(root as t.Expression),
          names.map((name) => t.cloneNode(name)),
        ),
      isHeld: false,
    };
  // A global may be a getter, and `super` is no value.
  if (!mayHold || t.isIdentifier(root) || t.isSuper(node)) return null;
  const goesOn = t.isOptionalMemberExpression(member) && !member.optional && isOptional(node);
  if (!goesOn) return held(rewriter, place);
  // A chain that was left early is left as a whole, so that what is held in its middle would cut it.
  return isOptional(root) || t.isSuper(root) ? null : held(rewriter, rootPlace, names);
}

const isOptional = (node: t.Node): boolean =>
  t.isOptionalMemberExpression(node) || t.isOptionalCallExpression(node);

/** `root.a[b].c` as its root and the names `"a"`, `b`, `"c"`. */
function chain(rewriter: Rewriter, node: t.Node, place: Place) {
  const names: t.Expression[] = [];
  let root = node;
  let rootPlace = place;
  while (isMember(root)) {
    const name = nameOf(rewriter, root);
    if (name === null) break;
    names.unshift(name);
    rootPlace = { parent: root, field: 'object' };
    root = unwrapped(root.object);
  }
  return { root, rootPlace, names };
}

function nameOf(rewriter: Rewriter, { property, computed }: Member): t.Expression | null {
  if (!computed) return t.isIdentifier(property) ? t.stringLiteral(property.name) : null;
  return isRepeatable(rewriter, property) ? t.cloneNode(property as t.Expression) : null;
}

/**
 * Puts a trace where the last of its operands is evaluated: after the others, before anything is done with them.
 *
 *     x    ->  (trace(x), x)
 *     f()  ->  (r = f(), trace(r), r)
 */
export function traceLast(
  rewriter: Rewriter,
  place: Place,
  role: Role,
  trace: (value: t.Expression) => t.Expression,
): void {
  const node = read(place);
  if (isCopyable(rewriter, unwrapped(node))) {
    write(place, t.sequenceExpression([trace(t.cloneNode(unwrapped(node) as t.Expression)), node]));
    return;
  }
  const variable = rewriter.temp(role);
  const hold = t.assignmentExpression('=', variable, node);
  write(place, t.sequenceExpression([hold, trace(t.cloneNode(variable)), t.cloneNode(variable)]));
}

/** Whether `traceLast` can be done there. */
export const canTraceLast = (rewriter: Rewriter, node: t.Node): boolean =>
  rewriter.hasTemps || isCopyable(rewriter, unwrapped(node));
