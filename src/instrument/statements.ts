import { types as t } from '@babel/core';
import { switchOperands } from './compares.ts';
import { decideBoth, lastOperand, testOf } from './decisions.ts';
import type { Rewriter } from './rewriter.ts';
import type { Site } from './sites.ts';

/** Statements whose parts are blocks. */

export function list(rewriter: Rewriter, node: t.BlockStatement | t.TSModuleBlock): t.Node {
  node.body = rewriter.statements(node.body, node, node.end!);
  return node;
}

/** `if (x) a; else b;  ->  if (x) { trace_pc; a; } else { trace_pc; b; }`, with an `else` where there was none. */
export function ifStatement(rewriter: Rewriter, node: t.IfStatement): t.Node {
  const test = testOf(rewriter, node.test);
  node.test = rewriter.expression(node.test, node);
  const consequent = rewriter.arm(node.consequent, node);
  node.consequent = consequent.block;
  if (node.alternate) {
    const alternate = rewriter.arm(node.alternate, node);
    node.alternate = alternate.block;
    decideBoth(rewriter, test, consequent.site, alternate.site);
    rewriter.branch('if', node, [consequent.site, alternate.site]);
  } else {
    const skipped = rewriter.block(node, node.end!, node.end!);
    decideBoth(rewriter, test, consequent.site, skipped);
    const entry = rewriter.trace(skipped);
    if (entry.length > 0) node.alternate = t.blockStatement(entry);
    rewriter.branch('if', node, [consequent.site, skipped]);
  }
  return node;
}

/** `while (x) a;  ->  while (x) { trace_pc; a; }` */
export function loop(rewriter: Rewriter, node: t.Loop): t.Node {
  if (t.isForOfStatement(node)) rewriter.quote(node.right);
  return rewriter.looped(node, () => {
    const head = headOf(node);
    // The test is evaluated again after each turn, and what goes on to the next one only then.
    const again: Site[] = [];
    const test: Site[] = t.isDoWhileStatement(node) ? again : [...rewriter.here];
    const last = 'test' in node && node.test ? lastOperand(rewriter, node.test, '&&', test) : null;
    const fields = node as unknown as Record<string, unknown>;
    for (const key of t.VISITOR_KEYS[node.type]!) {
      if (key === 'test') rewriter.head(test, () => rewriter.child(fields, key, node));
      else if (key === 'update') rewriter.head(again, () => rewriter.child(fields, key, node));
      else if (key !== 'body') rewriter.child(fields, key, node);
    }
    // What is iterated over may be a generator, which goes on for each turn.
    if (t.isForOfStatement(node)) rewriter.head(test, () => rewriter.called('', node.right));
    const { site, block } = rewriter.arm(node.body, node);
    node.body = block;
    const from = t.isDoWhileStatement(node) || last === null ? rewriter.here : last.from();
    rewriter.decide(site, 'loop', head, { from });
    again.push(site);
    if (test !== again) test.push(site);
    return node;
  });
}

/** The text that says whether there is another turn. */
function headOf(node: t.Loop): Pick<t.Node, 'start' | 'end'> {
  if (t.isForInStatement(node) || t.isForOfStatement(node))
    return { start: node.left.start!, end: node.right.end! };
  const { start, end } = node.test ?? { start: node.start, end: node.body.start };
  return { start: start!, end: end! };
}

/** `catch (e) { a; }  ->  catch (e) { trace_pc; a; }` */
export function catchClause(rewriter: Rewriter, node: t.CatchClause, parent: t.Node): t.Node {
  const tried = parent as t.TryStatement;
  rewriter.children(node, 'body');
  const { site, block } = rewriter.arm(node.body, node);
  node.body = block;
  rewriter.decide(site, 'catch', { start: tried.start!, end: tried.block.end! });
  return node;
}

/** `case 1: a;  ->  case 1: trace_pc; a;` */
export function switchStatement(rewriter: Rewriter, node: t.SwitchStatement): t.Node {
  const head = { start: node.start!, end: node.discriminant.end! };
  const tests = node.cases.map(({ test }) => test && { start: test.start!, end: test.end! });
  switchOperands(rewriter, node);
  const arms = node.cases.map((one, i) => {
    const site = rewriter.block(one);
    rewriter.decide(site, 'case', head, { test: tests[i]! });
    const list = rewriter.inside(site, () => rewriter.statements(one.consequent, one, one.end!));
    one.consequent = [...rewriter.trace(site), ...list];
    return site;
  });
  rewriter.branch('switch', node, arms);
  return node;
}
