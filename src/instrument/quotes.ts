import { types as t } from '@babel/core';
import { isTarget } from './lookups.ts';
import type { Rewriter } from './rewriter.ts';

/** Text that V8 quotes where it finds no function, nothing to iterate over, or nothing to take apart. */

export function declarator(rewriter: Rewriter, node: t.VariableDeclarator, parent: t.Node): t.Node {
  if (t.isObjectPattern(node.id) && node.init) rewriter.quote(node.init);
  const resumed = rewriter.resumption(node, parent as t.VariableDeclaration);
  rewriter.children(node);
  if (resumed !== null) node.init = rewriter.traced(resumed, node.init!);
  return node;
}

export function spread(rewriter: Rewriter, node: t.SpreadElement): t.Node {
  rewriter.called('', node);
  rewriter.quote(node.argument);
  return rewriter.children(node);
}

export function yieldExpression(rewriter: Rewriter, node: t.YieldExpression): t.Node {
  if (node.delegate) rewriter.called('', node);
  if (node.delegate && node.argument) rewriter.quote(node.argument);
  return rewriter.children(node);
}

export function taggedTemplate(rewriter: Rewriter, node: t.TaggedTemplateExpression): t.Node {
  rewriter.called(t.isIdentifier(node.tag) ? node.tag.name : '', node);
  rewriter.quote(node.tag);
  return rewriter.children(node);
}

// Targets that do not stand in what assigns to them.

export function objectPattern(rewriter: Rewriter, node: t.ObjectPattern): t.Node {
  for (const one of node.properties) if (t.isObjectProperty(one)) rewriter.quote(one.value);
  return rewriter.children(node);
}

export function typeWrapper(rewriter: Rewriter, node: t.TSAsExpression, parent: t.Node): t.Node {
  if (isTarget(node, parent)) rewriter.quote(node.expression);
  return rewriter.children(node);
}
