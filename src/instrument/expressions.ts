import { types as t } from '@babel/core';
import { comparison } from './compares.ts';
import { decideBoth, lastOperand, rememberOperand, testOf } from './decisions.ts';
import { keyIn } from './lookups.ts';
import { isAnonymousFunction, runtimeName } from './names.ts';
import type { Rewriter } from './rewriter.ts';
import type { Site } from './sites.ts';

/** Expressions of which a part runs only sometimes. */

/** `x ? a : b  ->  x ? (trace_pc, a) : (trace_pc, b)` */
export function conditional(rewriter: Rewriter, node: t.ConditionalExpression): t.Node {
  const test = testOf(rewriter, node.test);
  node.test = rewriter.expression(node.test, node);
  const arms = (['consequent', 'alternate'] as const).map((key) => {
    const site = rewriter.block(node[key]);
    const value = rewriter.inside(site, () => rewriter.expression(node[key], node));
    node[key] = rewriter.traced(site, value);
    return site;
  });
  decideBoth(rewriter, test, arms[0]!, arms[1]!);
  rewriter.branch('cond-expr', node, arms);
  return node;
}

/** `a && b  ->  a && (trace_pc, b)`; a chain is one branch with an arm for each operand. */
export function logical(rewriter: Rewriter, node: t.LogicalExpression, parent: t.Node): t.Node {
  const arms = logicalArms(rewriter, node);
  if (!t.isLogicalExpression(parent)) rewriter.branch('binary-expr', node, arms);
  return node;
}

/** @param isFirst whether the first operand is that of the whole chain */
function logicalArms(rewriter: Rewriter, node: t.LogicalExpression, isFirst = true): (Site | null)[] {
  const operand = (key: 'left' | 'right'): (Site | null)[] => {
    const child = node[key];
    const begins = isFirst && key === 'left';
    if (t.isLogicalExpression(child)) return logicalArms(rewriter, child, begins);
    const site = begins ? rewriter.firstOperand(child) : null;
    const value = rewriter.expression(child, node);
    node[key] = site === null ? value : rewriter.traced(site, value);
    return [site];
  };
  const last = lastOperand(rewriter, node.left, node.operator);
  const left = operand('left');
  const site = rewriter.block(node.right);
  rewriter.decide(site, 'operand', last, { from: last.from() });
  rememberOperand(node, site);
  const [, ...right] = rewriter.inside(site, () => operand('right'));
  node.right = rewriter.traced(site, node.right);
  return [...left, site, ...right];
}

/**
 * `a ||= b  ->  a ||= (trace_pc, b)`
 *
 * V8 refuses `f([0], [a] = b)`, valid as it is, and takes `f([0], ([a] = b))`. Babel prints no parentheses that the
 * grammar does not ask for, so those that must have been there are put back.
 */
export function assignment(rewriter: Rewriter, node: t.AssignmentExpression, parent: t.Node): t.Node {
  if (t.isObjectPattern(node.left)) rewriter.quote(node.right);
  if (t.isPattern(node.left) && (t.isNewExpression(parent) || /CallExpression$/.test(parent.type)))
    return t.parenthesizedExpression(rewriter.children(node));
  const conditional = node.operator === '&&=' || node.operator === '||=' || node.operator === '??=';
  if (!conditional || isAnonymousFunction(node.right)) return rewriter.children(node);
  const site = rewriter.block(node.right);
  rewriter.decide(site, 'operand', node.left);
  rewriter.children(node, 'right');
  rewriter.inside(site, () => rewriter.child(node as unknown as Record<string, unknown>, 'right', node));
  node.right = rewriter.traced(site, node.right);
  return node;
}

/** `(a = 1) => …  ->  (a = (trace_pc, 1)) => …` */
export function assignmentPattern(rewriter: Rewriter, node: t.AssignmentPattern): t.Node {
  const site = rewriter.block(node.right);
  rewriter.decide(site, 'default', node.left);
  if (t.isObjectPattern(node.left)) rewriter.quote(node.right);
  rewriter.children(node, 'right');
  rewriter.inside(site, () => rewriter.child(node as unknown as Record<string, unknown>, 'right', node));
  node.right = rewriter.tracedNamed(site, node.right, runtimeName(node));
  rewriter.branch('default-arg', node, [site]);
  return node;
}

/** Keys that are names and no expressions. */
export function property(rewriter: Rewriter, node: t.ObjectProperty): t.Node {
  return rewriter.children(node, ...(node.computed ? [] : ['key']));
}

export function binary(rewriter: Rewriter, node: t.BinaryExpression, parent: t.Node): t.Node {
  return node.operator === 'in' ? keyIn(rewriter, node) : comparison(rewriter, node, parent);
}
