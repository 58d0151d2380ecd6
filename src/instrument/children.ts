import { types as t } from '@babel/core';

/** The nodes right below a node, in the order of the source. */
export function childrenOf(node: t.Node): t.Node[] {
  const children: t.Node[] = [];
  for (const key of t.VISITOR_KEYS[node.type] ?? []) {
    const child = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(child)) {
      for (const one of child) if (one) children.push(one as t.Node);
    } else if (child) children.push(child as t.Node);
  }
  return children;
}
