import { address } from '../../src/abi/text.ts';
import type { FuzzResult } from '../engine/fuzz.ts';
import { snapshot } from '../snapshot.ts';
import { formatAddress, formatPlace } from '../symbolize/format.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';

/** Flaky places that are named. */
const NAMED = 5;

/** What a user should know of a run that libFuzzer does not say, a line each. */
export function summary({ stats, stability, remembers }: FuzzResult): string[] {
  const { share, flaky } = stability;
  // Never 100 % where there is a flaky one.
  const percent = Math.floor(share * 1000) / 10;
  const lines = [
    `stability ${percent} %${flaky.length === 0 ? '' : `: ${flaky.length} places differ when an input runs again: ${places(flaky)}`}`,
  ];
  if (remembers)
    lines.push(
      'inputs do less when they run again: the target keeps something from run to run, so new coverage counted unconfirmed',
    );
  if (stats.overflows > 0)
    lines.push(
      `the buffer was full in ${stats.overflows} of ${stats.runs} runs: what came later in them was traced by a further run, and counts once`,
    );
  if (stats.compareOverflows > 0)
    lines.push(
      `the buffer was full of comparisons in ${stats.compareOverflows} of ${stats.compareRuns} runs that recorded them: later ones are lost`,
    );
  return lines;
}

function places(flaky: readonly number[]): string {
  const symbolizer = new Symbolizer(snapshot());
  const named = flaky.slice(0, NAMED).map((pc) => {
    const frame = symbolizer.lookup(address(pc));
    return frame === undefined ? formatAddress(address(pc)) : `${frame.symbol} (${formatPlace(frame)})`;
  });
  return `${named.join(', ')}${flaky.length > NAMED ? ', …' : ''}`;
}
