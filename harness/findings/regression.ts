import { relative } from 'node:path';
import type { FindingRecord } from './record.ts';

/** A test for vitest that fails as long as the bug is there; it may be moved, with its input, to where tests are. */
export function regressionTest({ title, folder, target }: FindingRecord): string {
  const module = relative(folder, target);
  return `import { fileURLToPath } from 'node:url';
import { fuzz } from 'kcovjs/vitest';
import { fuzz as target } from ${quoted(module)};

fuzz(${quoted(title)}, target, { corpus: fileURLToPath(new URL('./input', import.meta.url)) });
`;
}

/** Titles and paths may hold anything. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
