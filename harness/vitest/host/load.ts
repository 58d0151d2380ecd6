import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Filter } from '../../../src/loader/filter.ts';
import type { FuzzTarget } from '../../engine/execution.ts';
import type { FuzzTest } from './fuzz-test.ts';
import { fuzzingName, offerHandover } from './handover.ts';
import { addPlugin, instrument } from './instrument.ts';
import { Listeners } from './listeners.ts';
import { NoFuzzTest, whyMissing } from './missing.ts';
import { literally } from './pattern.ts';
import { ownProcess } from './pool.ts';
import { projectOptions } from './project.ts';
import { mapNodesFrames } from './stacks.ts';

export { NoFuzzTest } from './missing.ts';

/**
 * Runs a test file under vitest in this process, with the user's configuration, up to the fuzz test.
 *
 * @returns its target, whose hooks and fixtures hold until the process ends
 * @throws in one line, where it does not come so far
 */
export async function loadFuzzTest(test: FuzzTest, filter: Partial<Filter>): Promise<FuzzTarget> {
  const { file, names } = test;
  const { startVitest } = await vitestOf(file);
  const { exit } = process;
  const listeners = new Listeners();
  const target = new Promise<FuzzTarget>((resolve) => {
    offerHandover({
      take(found) {
        process.exit = exit; // Vitest refuses it to tests,
        listeners.remove(); // and reports what nobody handles.
        mapNodesFrames();
        resolve(found);
        return new Promise(() => {});
      },
    });
  });
  const plugin = instrument(filter);
  const options = {
    ...projectOptions(),
    watch: false,
    pool: ownProcess({
      starts: (project) => addPlugin(project, plugin),
      begins: () => listeners.note(),
    }),
    isolate: true,
    maxWorkers: 1,
    // A name may have our separator in it.
    testNamePattern: `^\\s*${[...names, fuzzingName(names)].map(literally).join('(?: >)? ')}$`,
    reporters: [{}],
    coverage: { enabled: false },
    disableConsoleIntercept: true,
    testTimeout: 0,
    hookTimeout: 0,
    bail: 0,
    typecheck: { enabled: false },
    retry: 0,
    // What is instrumented is kept by ourselves, apart from what vitest keeps.
    experimental: { fsModuleCache: false },
    deps: { optimizer: { ssr: { enabled: false }, client: { enabled: false } } },
    // New ones are neither missing nor written.
    update: 'new' as const,
  };
  const ran = startVitest('test', [file], options);
  const ended = ran.then((vitest): never => {
    throw new NoFuzzTest(whyMissing(vitest.state.getFiles(), test));
  });
  return Promise.race([target, ended]);
}

/** The vitest of those who wrote the test. */
export async function vitestOf(file: string): Promise<typeof import('vitest/node')> {
  const require = createRequire(join(dirname(file), 'kcovjs.js'));
  return (await import(pathToFileURL(require.resolve('vitest/node')).href)) as typeof import('vitest/node');
}
