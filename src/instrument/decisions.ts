import { types as t } from '@babel/core';
import { unwrapped } from './operands.ts';
import type { Rewriter } from './rewriter.ts';
import type { Decision, Site } from './sites.ts';

/** The block of each right operand. */
const blocks = new WeakMap<t.Node, Site>();

export function rememberOperand(node: t.LogicalExpression, site: Site): void {
  blocks.set(node, site);
}

/** The part of an expression that must be evaluated for execution to pass; asked before the expression is rewritten. */
export interface Last {
  start: number;
  end: number;
  /** The blocks that come to it; asked afterwards. */
  from(): readonly Site[];
}

/**
 * `c` of `a && (b && c)`, where the operator is `&&`: whoever comes past the whole has come there. Of any other
 * expression the whole.
 */
export function lastOperand(
  rewriter: Rewriter,
  node: t.Node,
  operator: string,
  here: readonly Site[] = rewriter.here,
): Last {
  let last = unwrapped(node);
  let around: t.Node | null = null;
  while (t.isLogicalExpression(last) && last.operator === operator) {
    around = last;
    last = unwrapped(last.right);
  }
  const from = (): readonly Site[] => {
    const block = around === null ? undefined : blocks.get(around);
    return block === undefined ? here : [block];
  };
  return { start: last.start!, end: last.end!, from };
}

/** Tells of the two arms of `if` or `?:` that each is entered where the other is not. */
export function decideBoth(
  rewriter: Rewriter,
  test: { start: number; end: number; passed: Last; failed: Last },
  then: Site,
  other: Site,
): void {
  const decide = (site: Site, kind: Decision['kind'], last: Last, opposite: Site): void =>
    rewriter.decide(site, kind, test, { from: last.from(), last, other: opposite });
  decide(then, 'then', test.passed, other);
  decide(other, 'else', test.failed, then);
}

/** What `decideBoth` needs of a test before it is rewritten. */
export const testOf = (rewriter: Rewriter, test: t.Expression) => ({
  start: test.start!,
  end: test.end!,
  passed: lastOperand(rewriter, test, '&&'),
  failed: lastOperand(rewriter, test, '||'),
});
