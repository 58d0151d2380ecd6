import { createRequire } from 'node:module';
import { KINDS } from './kinds.ts';

type Schema = ReturnType<typeof make>;

let schema: Schema | undefined;

/**
 * What the file of a finding holds. There, `file` is a name in the finding's own folder, and the folder is where the
 * file lies. Others may add fields.
 *
 * It is made with the first finding, and zod loaded for it: that takes longer than all else that many a campaign loads,
 * which finds nothing. Who reads and writes cannot wait, so it is required.
 */
export function recordSchema(): Schema {
  schema ??= make();
  return schema;
}

function make() {
  const { z } = createRequire(import.meta.url)('zod') as typeof import('zod');
  return z.looseObject({
    version: z.literal(1),
    key: z.string().optional(),
    title: z.string(),
    kind: z.enum(KINDS),
    target: z.string(),
    file: z.string(),
    inputs: z.array(z.string()),
    count: z.int().nonnegative(),
    reproduced: z.int().min(0).max(10),
    firstSeen: z.iso.datetime(),
    lastSeen: z.iso.datetime(),
    stack: z.array(z.string()),
    command: z.string(),
    message: z.string().optional(),
    examined: z.boolean().optional(),
    decoded: z.array(z.string()).optional(),
  });
}
