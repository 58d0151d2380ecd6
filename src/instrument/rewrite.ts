import type { NodePath, types as t } from '@babel/core';
import { Rewriter, type RewriterOptions } from './rewriter.ts';
import { RULES } from './rules.ts';
import type { SiteTable } from './sites.ts';

/**
 * Puts the callbacks into a program, and finds its sites.
 *
 * @param code text of the file
 */
export function rewrite(
  { scope, node }: NodePath<t.Program>,
  code: string,
  options: Omit<RewriterOptions, 'taken' | 'isGlobal'>,
): SiteTable {
  const usesWith = /\bwith\s*\(/.test(code);
  const names = scope as unknown as Record<'references' | 'globals' | 'uids', Record<string, unknown>>;
  const rewriter = new Rewriter(RULES, node, {
    ...options,
    taken: (name) => name in names.references || name in names.globals || name in names.uids,
    isGlobal: (name) => usesWith || name in names.globals,
  });
  rewriter.visit(node, node);
  return rewriter.table;
}
