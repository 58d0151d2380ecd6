import { types as t } from '@babel/core';
import { traceCmp } from './emit.ts';
import type { Rewriter } from './rewriter.ts';
import type { Site } from './sites.ts';

const OPERATORS = new Set(['===', '!==', '==', '!=', '<', '<=', '>', '>=']);

/** The literals that a fuzzer can write into an input. */
function isLiteral(node: t.Node): boolean {
  if (t.isUnaryExpression(node) && (node.operator === '-' || node.operator === '+'))
    return t.isNumericLiteral(node.argument) || t.isBigIntLiteral(node.argument);
  if (t.isTemplateLiteral(node)) return node.expressions.length === 0;
  return t.isNumericLiteral(node) || t.isStringLiteral(node) || t.isBigIntLiteral(node);
}

/** Operands that tell a fuzzer nothing: types, absence, and what no input can become. */
function isIdle(node: t.Node): boolean {
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
function isRepeatable(rewriter: Rewriter, node: t.Node): boolean {
  if (isLiteral(node) || t.isThisExpression(node)) return true;
  return t.isIdentifier(node) && !rewriter.options.isGlobal(node.name);
}

function hook(left: t.Expression, right: t.Expression, site: Site): t.Expression {
  const [a, b] = [t.cloneNode(left), t.cloneNode(right)];
  if (isLiteral(left)) return traceCmp('trace_const_cmp', [a, b], site);
  if (isLiteral(right)) return traceCmp('trace_const_cmp', [b, a], site);
  return traceCmp('trace_cmp', [a, b], site);
}

/**
 *     a === 3       ->  (__kcov.cmp !== 0 && __kcov.trace_const_cmp(3, a, PC), a === 3)
 *     f() < g(x)    ->  (l = f(), r = g(x), __kcov.cmp !== 0 && __kcov.trace_cmp(l, r, PC), l < r)
 *
 * and, where no variable can be declared,
 *
 *     f() < g(x)    ->  ((l, r) => (__kcov.cmp !== 0 && __kcov.trace_cmp(l, r, PC), l < r))(f(), g(x))
 */
export function comparison(rewriter: Rewriter, node: t.BinaryExpression): t.Expression {
  const { left, right } = node;
  const traced =
    OPERATORS.has(node.operator) && !isIdle(left) && !isIdle(right) && !(isLiteral(left) && isLiteral(right));
  if (!traced) return rewriter.children(node);

  const site = rewriter.comparison(node);
  if (!rewriter.options.traceCmp) return rewriter.children(node);

  const keepRight = isRepeatable(rewriter, right);
  // A plain variable on the left is safe only if evaluating the right side cannot assign to it.
  const keepLeft = isLiteral(left) || (isRepeatable(rewriter, left) && keepRight);
  const newLeft = rewriter.expression(left as t.Expression, node);
  const newRight = rewriter.deeper(() => rewriter.expression(right, node));
  if (!rewriter.hasTemps && !(keepLeft && keepRight)) return asFunction(node, newLeft, newRight, site);

  const steps: t.Expression[] = [];
  const hold = (role: 'left' | 'right', value: t.Expression, keep: boolean): t.Expression => {
    if (keep) return value;
    const variable = rewriter.temp(role);
    steps.push(t.assignmentExpression('=', variable, value));
    return t.cloneNode(variable);
  };
  node.left = hold('left', newLeft, keepLeft);
  node.right = hold('right', newRight, keepRight);
  return t.sequenceExpression([...steps, hook(node.left, node.right, site), node]);
}

function asFunction(
  node: t.BinaryExpression,
  left: t.Expression,
  right: t.Expression,
  site: Site,
): t.Expression {
  const [l, r] = [t.identifier('l'), t.identifier('r')];
  node.left = isLiteral(left) ? left : l;
  node.right = isLiteral(right) ? right : r;
  const body = t.sequenceExpression([hook(node.left, node.right as t.Expression, site), node]);
  const args = t.arrowFunctionExpression([t.cloneNode(l), t.cloneNode(r)], body);
  return t.callExpression(args, [left, right]);
}

/**
 *     switch (f()) { case 1: … case 2: … }
 *     ->  switch (l = f(), __kcov.cmp !== 0 && __kcov.trace_switch(l, [1, 2], PC), l) { … }
 */
export function switchDiscriminant(rewriter: Rewriter, node: t.SwitchStatement): void {
  const literals = node.cases.flatMap(({ test }) => (test && isLiteral(test) ? [t.cloneNode(test)] : []));
  const keep = isRepeatable(rewriter, node.discriminant);
  const site = literals.length > 0 && !isIdle(node.discriminant) ? rewriter.comparison(node) : null;
  const value = rewriter.expression(node.discriminant, node);
  node.discriminant = value;
  if (site === null || !rewriter.options.traceCmp) return;

  const held = keep ? value : rewriter.temp('left');
  const steps = keep ? [] : [t.assignmentExpression('=', t.cloneNode(held as t.Identifier), value)];
  const trace = traceCmp('trace_switch', [t.cloneNode(held), t.arrayExpression(literals)], site);
  node.discriminant = t.sequenceExpression([...steps, trace, t.cloneNode(held)]);
}
