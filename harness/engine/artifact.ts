import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { flag } from './flags.ts';

/** Writes an input that is not libFuzzer's current one where libFuzzer would write that, and says so in its words. */
export function writeArtifact(kind: 'crash' | 'suspect', input: Buffer, flags: readonly string[]): void {
  const prefix = flag(flags, 'artifact_prefix') ?? './';
  const exact = kind === 'crash' ? flag(flags, 'exact_artifact_path') : undefined;
  const path = exact ?? `${prefix}${kind}-${createHash('sha1').update(input).digest('hex')}`;
  writeFileSync(path, input);
  process.stderr.write(`artifact_prefix='${prefix}'; Test unit written to ${path}\n`);
}
