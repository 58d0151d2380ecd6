import { describe, expect, it } from 'vitest';
import { LengthControl } from '../../harness/engine/length-control.ts';

/** Runs without a find until the limit rises. */
function runsToRaise(control: LengthControl): number {
  const before = control.limit;
  for (let runs = 1; ; runs++) {
    control.run(false);
    if (control.limit !== before) return runs;
  }
}

describe('the length to which libFuzzer mutates', () => {
  it('begins with 4, and rises by its logarithm after that many hundred runs that found nothing', () => {
    const control = new LengthControl(4096);
    expect(control.limit).toBe(4);
    expect(runsToRaise(control)).toBe(201);
    expect(control.limit).toBe(6);
    expect(runsToRaise(control)).toBe(201);
    expect(control.limit).toBe(8);
    expect(runsToRaise(control)).toBe(301);
    expect(control.limit).toBe(11);
  });

  it('is -len_control times the logarithm', () => {
    expect(runsToRaise(new LengthControl(4096, 7))).toBe(15);
  });

  it('waits anew after each new input', () => {
    const control = new LengthControl(4096);
    for (let i = 0; i < 200; i++) control.run(false);
    control.run(true);
    expect(runsToRaise(control)).toBe(201);
  });

  it('is no lower than the longest seed, and never above -max_len', () => {
    const control = new LengthControl(100, 1);
    for (const length of [20, 95, 30]) control.seed(length);
    expect(control.limit).toBe(95);
    expect(runsToRaise(control)).toBe(7);
    expect(control.limit).toBe(100);
    for (let i = 0; i < 10_000; i++) control.run(false);
    control.seed(200);
    expect(control.limit).toBe(100);
    expect(new LengthControl(3).limit).toBe(3);
  });

  it('is -max_len from the start without control', () => {
    expect(new LengthControl(4096, 0).limit).toBe(4096);
  });
});
