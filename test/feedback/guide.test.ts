import { describe, expect, test } from 'vitest';
import { Guide } from '../../harness/feedback/guide.ts';
import { Hints } from '../../harness/feedback/hints/hints.ts';
import { TimeShare } from '../../harness/feedback/time-share.ts';

const PC = 0x2000;

/** A guide with real hints, whose box and lengths are looked at. */
function start() {
  const box = {
    taken: [] as string[],
    waiting: null as Uint8Array | null,
    limit: 0,
    get pending() {
      return this.waiting !== null;
    },
    offer(candidate: Uint8Array) {
      this.waiting = candidate;
    },
    /** What the fuzzer does when it wants its next input. */
    take(): Uint8Array | null {
      const candidate = this.waiting;
      this.waiting = null;
      return candidate;
    },
  };
  const lengths = {
    limit: 4,
    seeds: [] as number[],
    runs: [] as boolean[],
    seed(length: number) {
      this.seeds.push(length);
    },
    run(isNew: boolean) {
      this.runs.push(isNew);
      this.limit++;
    },
  };
  const hints = new Hints({ seed: 1 });
  const guide = new Guide({ box, hints, lengths, time: new TimeShare(() => 0) });
  return {
    box,
    lengths,
    guide,
    /** One input through the guide as a session does it; `compares` is what its comparisons show. */
    run(input: Uint8Array, isNew: boolean, compares: () => void = () => {}): boolean {
      guide.begin();
      const isWanted = guide.ran(input, isNew);
      if (isWanted) {
        guide.listen();
        compares();
        guide.learn(input, isNew);
      }
      guide.offer();
      return isWanted;
    },
  };
}

describe('a guide', () => {
  test('offers what the last input should have held', () => {
    const { run, guide, box } = start();
    run(Buffer.from('say hello'), true, () => guide.hooks.strcmp(PC, 'world', 'hello'));
    const offered: string[] = [];
    for (let i = 0; i < 20; i++) {
      const candidate = box.take();
      if (candidate === null) break;
      offered.push(Buffer.from(candidate).toString());
      run(candidate, false);
    }
    expect(offered).toContain('say world');
  });

  test('offers one candidate at a time: one that waits is not replaced', () => {
    const { run, guide, box } = start();
    run(Buffer.from('say hello'), true, () => guide.hooks.strcmp(PC, 'world', 'hello'));
    const first = box.waiting;
    expect(first).not.toBe(null);
    // The fuzzer runs its corpus first.
    run(Buffer.from('something else'), false);
    expect(box.waiting).toBe(first);
  });

  test('asks for the comparisons of what is new, and of nothing that is not', () => {
    const { run } = start();
    expect(run(Buffer.from('a'), true)).toBe(true);
    expect(run(Buffer.from('b'), false)).toBe(false);
  });

  test("controls the length of the fuzzer's own mutations, on which candidates have no influence", () => {
    const { run, guide, box, lengths } = start();
    expect(box.limit).toBe(4);
    run(Buffer.from('say hello'), true, () => guide.hooks.strcmp(PC, 'a much longer word', 'hello'));
    expect(lengths.seeds).toEqual([9]);
    run(box.take()!, true);
    expect(lengths.seeds).toEqual([9]);
    expect(lengths.runs).toEqual([true, true]);
    expect(box.limit).toBe(6);
  });

  test('learns from seeds that come while a candidate of an earlier one waits', () => {
    const { run, guide, box } = start();
    run(Buffer.from('say hello'), true, () => guide.hooks.strcmp(PC, 'world', 'hello'));
    expect(box.pending).toBe(true);
    run(Buffer.from('go north'), true, () => guide.hooks.strcmp(PC + 8, 'south', 'north'));
    const offered: string[] = [];
    for (let i = 0; i < 60 && box.pending; i++) {
      const candidate = box.take()!;
      offered.push(Buffer.from(candidate).toString());
      run(candidate, false);
    }
    expect(offered).toContain('say world');
    expect(offered).toContain('go south');
  });
});
