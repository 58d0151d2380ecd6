import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One temporary folder for a whole run of the tests, gone with it: what tests make with `os.tmpdir()`, and what the
 * processes that they start leave behind (Jazzer.js its dictionaries), which take TMPDIR over. What is compiled is
 * kept there too, and not where this user's programs would find it.
 */
export default function setup(): () => void {
  const { TMPDIR, KCOVJS_CACHE } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'kcovjs-test-'));
  Object.assign(process.env, { TMPDIR: folder, KCOVJS_CACHE: join(folder, 'instrumented') });
  return () => {
    for (const [name, before] of Object.entries({ TMPDIR, KCOVJS_CACHE })) {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
    // A process that a test has killed may still be writing.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}
