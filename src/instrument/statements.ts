import { types as t } from '@babel/core';
import { switchOperands } from './compares.ts';
import type { Rewriter } from './rewriter.ts';

/** Statements whose parts are blocks. */

export function list(rewriter: Rewriter, node: t.BlockStatement | t.TSModuleBlock): t.Node {
  node.body = rewriter.statements(node.body, node, node.end!);
  return node;
}

/** `if (x) a; else b;  ->  if (x) { trace_pc; a; } else { trace_pc; b; }`, with an `else` where there was none. */
export function ifStatement(rewriter: Rewriter, node: t.IfStatement): t.Node {
  node.test = rewriter.expression(node.test, node);
  const consequent = rewriter.arm(node.consequent, node);
  node.consequent = consequent.block;
  if (node.alternate) {
    const alternate = rewriter.arm(node.alternate, node);
    node.alternate = alternate.block;
    rewriter.branch('if', node, [consequent.site, alternate.site]);
  } else {
    const skipped = rewriter.block(node, node.end!, node.end!);
    if (rewriter.options.tracePc) node.alternate = t.blockStatement(rewriter.trace(skipped));
    rewriter.branch('if', node, [consequent.site, skipped]);
  }
  return node;
}

/** `while (x) a;  ->  while (x) { trace_pc; a; }` */
export function loop(rewriter: Rewriter, node: t.Loop): t.Node {
  if (t.isForOfStatement(node)) rewriter.quote(node.right);
  rewriter.children(node, 'body');
  node.body = rewriter.arm(node.body, node).block;
  return node;
}

/** `catch (e) { a; }  ->  catch (e) { trace_pc; a; }` */
export function catchClause(rewriter: Rewriter, node: t.CatchClause): t.Node {
  rewriter.children(node, 'body');
  node.body = rewriter.arm(node.body, node).block;
  return node;
}

/** `case 1: a;  ->  case 1: trace_pc; a;` */
export function switchStatement(rewriter: Rewriter, node: t.SwitchStatement): t.Node {
  switchOperands(rewriter, node);
  const arms = node.cases.map((one) => {
    const site = rewriter.block(one);
    one.consequent = [...rewriter.trace(site), ...rewriter.statements(one.consequent, one, one.end!)];
    return site;
  });
  rewriter.branch('switch', node, arms);
  return node;
}
