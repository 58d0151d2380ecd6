import type { Reached } from '../measure/measured.ts';
import type { FileDetail, LineDetail } from '../page/data.ts';
import { type OriginalFile, textOf } from './files.ts';
import { functionsOf } from './functions.ts';
import { linesOf, stateIndex } from './lines.ts';
import { marksOf } from './marks.ts';
import { type Reach, together } from './reach.ts';
import { clamped } from './text.ts';

/** All that the page shows of one file. */
export function fileDetail(file: OriginalFile, reach: Reach): FileDetail {
  const { data } = file.coverage;
  const lines = linesOf(data);
  const reached = reachedLines(file, reach);
  const details = [...lines].map(([line, { state, hits }]): LineDetail => {
    const { inputs, smallest } = together([...(reached.get(line) ?? [])]);
    return [line, stateIndex(state), hits, inputs, smallest];
  });
  const text = textOf(file);
  const clamp = clamped(text);
  return {
    text,
    lines: details,
    functions: functionsOf(file, reach).map((one) => ({ ...one, range: clamp(one.range) })),
    marks: marksOf(data, lines).map((one) => ({ ...one, range: clamp(one.range) })),
  };
}

/** What is known of the blocks of the statements on each line. */
function reachedLines({ parts }: OriginalFile, reach: Reach): Map<number, Set<Reached>> {
  const lines = new Map<number, Set<Reached>>();
  for (const { source, statements } of parts)
    for (const [key, site] of statements) {
      const line = Number.parseInt(key, 10);
      const known = lines.get(line) ?? new Set();
      lines.set(line, known.add(reach.of(source, site)));
    }
  return lines;
}
