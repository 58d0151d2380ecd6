import { types as t } from '@babel/core';
import { traceCmp } from './emit.ts';
import { isIdle, isLiteral, isRepeatable, traceLast } from './operands.ts';
import type { Rewriter } from './rewriter.ts';
import type { Site } from './sites.ts';

/** Operators that compare values; `in` looks one up. */
export const OPERATORS: ReadonlySet<string> = new Set(['===', '!==', '==', '!=', '<', '<=', '>', '>=']);

/**
 * `difference |= a ^ b`: comparisons that are folded into one, so as to take the same time whatever they find.
 */
function isFolded(node: t.BinaryExpression, parent: t.Node): boolean {
  if (node.operator !== '^') return false;
  return (
    t.isAssignmentExpression(parent, { operator: '|=' }) || t.isBinaryExpression(parent, { operator: '|' })
  );
}

/** The trace of two values, of which a literal goes first. */
export function traceValues(left: t.Expression, right: t.Expression, site: Site): t.Expression {
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
export function comparison(rewriter: Rewriter, node: t.BinaryExpression, parent: t.Node): t.Expression {
  const { left, right } = node;
  const traced =
    (OPERATORS.has(node.operator) || isFolded(node, parent)) &&
    !isIdle(left) &&
    !isIdle(right) &&
    !(isLiteral(left) && isLiteral(right));
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
  return t.sequenceExpression([...steps, traceValues(node.left, node.right, site), node]);
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
  const body = t.sequenceExpression([traceValues(node.left, node.right as t.Expression, site), node]);
  const args = t.arrowFunctionExpression([t.cloneNode(l), t.cloneNode(r)], body);
  return t.callExpression(args, [left, right]);
}

/**
 *     switch (f()) { case 1: … case A: … case 2: … }
 *     ->  switch (l = f(), __kcov.cmp !== 0 && __kcov.trace_switch(l, [1, 2], PC), l) {
 *           case 1: … case (__kcov.cmp !== 0 && __kcov.trace_cmp(l, A, PC), A): … case 2: …
 *         }
 *
 * A case that is no literal has a value only when it is tested. Bodies run after all the tests that do, so the
 * variable needs to last no longer than the tests.
 */
export function switchOperands(rewriter: Rewriter, node: t.SwitchStatement): void {
  const { discriminant, cases } = node;
  const idle = isIdle(discriminant) || isLiteral(discriminant);
  const literals = cases.flatMap(({ test }) => (test && isLiteral(test) ? [t.cloneNode(test)] : []));
  const site = literals.length > 0 && !isIdle(discriminant) ? rewriter.comparison(node) : null;
  const isTraced = ({ test }: t.SwitchCase): boolean => !idle && !!test && !isLiteral(test) && !isIdle(test);
  const isHeld = rewriter.options.traceCmp && (site !== null || cases.some(isTraced));

  const keep = isRepeatable(rewriter, discriminant) && !isHidden(discriminant, cases);
  node.discriminant = rewriter.expression(discriminant, node);
  const value = keep || !isHeld ? discriminant : rewriter.temp('left');
  if (isHeld) {
    const steps = keep ? [] : [t.assignmentExpression('=', value as t.Identifier, node.discriminant)];
    const trace = site
      ? [traceCmp('trace_switch', [t.cloneNode(value), t.arrayExpression(literals)], site)]
      : [];
    if (steps.length + trace.length > 0)
      node.discriminant = t.sequenceExpression([...steps, ...trace, t.cloneNode(value)]);
  }
  rewriter.deeper(() => {
    for (const one of cases) {
      if (!one.test) continue;
      const caseSite = isTraced(one) ? rewriter.comparison(one.test) : null;
      one.test = rewriter.expression(one.test, one);
      if (caseSite === null || !rewriter.options.traceCmp) continue;
      traceLast(rewriter, { parent: one, field: 'test' }, 'right', (test) =>
        traceCmp('trace_cmp', [t.cloneNode(value), test], caseSite),
      );
    }
  });
}

/** Whether the cases, which are one block, declare a variable of their own by that name. */
const isHidden = (node: t.Node, cases: readonly t.SwitchCase[]): boolean =>
  t.isIdentifier(node) &&
  cases.some(({ consequent }) =>
    consequent.some((one) => t.isDeclaration(one) && node.name in t.getBindingIdentifiers(one)),
  );
