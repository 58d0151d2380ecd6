import { compileFunction } from 'node:vm';
import { expect, test } from 'vitest';
import { collect, Symbolizer, snapshot } from '../../harness/index.ts';
import { boot } from '../../src/boot.ts';
import { kldstat, kldunload } from '../../src/ksyms/linker.ts';
import fc from '../fast-check.ts';
import { walk } from './block-trace.ts';
import { compile } from './fake-kernel.ts';
import { smallPrograms } from './small-programs.ts';

/** `KCOVJS_BLOCKS_RUNS=50000 npx vitest run test/instrument/blocks.test.ts` for a night. */
const RUNS = Number(process.env['KCOVJS_BLOCKS_RUNS'] ?? 300);

/** Milliseconds; what was found is shown then, as small as it is by that time, and before the test itself is ended. */
const LIMIT = Math.max(90_000, RUNS * 500);

/** How many turns and calls a program has before it must end; few, since the walk's stack is much deeper. */
const FUEL = 40;

function tank(): () => boolean {
  let left = FUEL;
  return () => {
    // A number, as every value of these programs.
    if (left-- <= 0) throw 77;
    return true;
  };
}

boot();

/** Runs a program on this thread's kernel and names what is in the buffer as a user would. */
function trace(source: string): ReturnType<typeof walk> {
  const { code } = compile(source, {}, '/app/blocks.js');
  const run = compileFunction(code, ['fuel']) as (fuel: () => boolean) => void;
  const { pcs, overflowed, result } = collect((): ReturnType<typeof walk>['end'] => {
    try {
      run(tank());
      return 'done';
    } catch (thrown) {
      return { thrown };
    }
  });
  expect(overflowed).toBe(false);
  const symbolizer = new Symbolizer(snapshot());
  const blocks = pcs.map((pc) => {
    const frame = symbolizer.lookup(pc)!;
    return `${frame.symbol} ${frame.line}:${frame.column}`;
  });
  kldunload(kldstat().at(-1)!.id);
  return { blocks, end: result };
}

test(
  'the trace of a run is, block by block, what a walk over the program enters',
  () => {
    const [kinds, seen] = [new Set<string>(), { blocks: 0 }];
    fc.assert(
      fc.property(smallPrograms, (source) => {
        const expected = walk(source, tank());
        expect(trace(source)).toEqual(expected);
        seen.blocks += expected.blocks.length;
        kinds.add(typeof expected.end);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: LIMIT, markInterruptAsFailure: true },
    );
    // Programs that do nothing would agree too.
    expect(seen.blocks / RUNS).toBeGreaterThan(10);
    expect(kinds).toEqual(new Set(['string', 'object']));
  },
  LIMIT + 30_000,
);
