import { describe, expect, test } from 'vitest';
import type * as Packages from '../../harness/bench/packages.ts';
import type * as Process from '../../harness/bench/process.ts';
import type * as Slowdown from '../../harness/bench/slowdown.ts';
import type { TimedResult } from '../../harness/bench/timed-run.ts';
import { dist, emptyFolder } from './programs.ts';

const { loadPackage } = await dist<typeof Packages>('packages.js');
const { fuzzArguments, run, runModule } = await dist<typeof Process>('process.js');
const { runPeer } = await dist<typeof Slowdown>('slowdown.js');

const load = { size: 500, documents: 2 };
const pace = { warmUp: 0, measure: 0, passes: 1 };

async function request(name: string, include?: string[]) {
  return { name, include: include ?? (await loadPackage(name)).include, load, pace };
}

/** One package in CommonJS and one in ES modules, which the peer instruments in different ways. */
describe.each(['qs', 'smol-toml'])('%s', (name) => {
  test('in Jazzer.js is instrumented by Jazzer.js, whose counters grow, and not by us', async () => {
    const { counters, alien, milliseconds } = await runPeer(await request(name), emptyFolder());
    expect(counters).toBeGreaterThan(50);
    expect(alien).toBe(false);
    expect(milliseconds).toBeGreaterThan(0);
  });

  test('where Jazzer.js instruments something else, the measurement is refused', async () => {
    await expect(runPeer(await request(name, ['no-such-folder/']), emptyFolder())).rejects.toThrow(
      'has counted nothing',
    );
  });

  test('of ours is traced in both modes, and not in the others', async () => {
    const records = async (mode: string): Promise<number[]> =>
      (await runModule<TimedResult>('timed-run', { ...(await request(name)), mode }, 60)).records;
    for (const mode of ['pc', 'cmp']) {
      const [one, two] = await records(mode);
      expect(one).toBeGreaterThan(50);
      expect(two).toBeGreaterThan(50);
    }
    for (const mode of ['plain', 'disabled', 'istanbul']) expect(await records(mode)).toEqual([]);
  });
});

test('the command of either side is its own command line', async () => {
  const common = { target: '/none', include: ['x/'], flags: ['-runs=0'] };
  const versions = await Promise.all(
    (['ours', 'peer'] as const).map(async (side) => {
      const [script] = fuzzArguments(side, common);
      return (await run({ args: [script!, '--help'], limit: 60 })).stdout;
    }),
  );
  expect(versions[0]).toContain('kcovjs');
  expect(versions[1]).toContain('jazzer');
});
