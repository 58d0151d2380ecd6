import type { RunnerTask } from 'vitest';
import type { Vitest } from 'vitest/node';
import { type FuzzMeta, META } from './meta.ts';

/** What we need to be of Vite's `Plugin`. */
export interface WatchInputs {
  name: string;
  configureVitest(context: { vitest: Vitest }): void;
}

/**
 * For vitest's configuration, in `plugins`: while vitest watches, a test file runs again when an input of its fuzz tests
 * comes or changes. Without it, it does so when code does. Vitest watches what is below its root.
 */
export function watchInputs(): WatchInputs {
  return {
    name: 'kcovjs:watch-inputs',
    configureVitest({ vitest }) {
      vitest.config.watchTriggerPatterns = [
        ...(vitest.config.watchTriggerPatterns ?? []),
        // Vitest takes a list without a file, too, as a reason to run.
        { pattern: /(?:)/, testsToRun: (path) => testsWith(path, vitest) as string[] },
      ];
    },
  };
}

/** Test files with a fuzz test that has a path among its inputs. */
function testsWith(path: string, { state }: Vitest): string[] | undefined {
  const files = state.getFiles().filter((file) => file.tasks.some((task) => hasInput(task, path)));
  return files.length === 0 ? undefined : files.map(({ filepath }) => filepath);
}

function hasInput(task: RunnerTask, path: string): boolean {
  const { corpus = [] } = (task.meta as { [META]?: FuzzMeta })[META] ?? {};
  if (corpus.some((root) => `${path}/`.startsWith(`${root}/`))) return true;
  return 'tasks' in task && task.tasks.some((one) => hasInput(one, path));
}
