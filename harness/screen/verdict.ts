import type { CampaignState } from '../campaign/state.ts';
import { totals } from '../campaign/totals.ts';
import type { Colors } from './colors.ts';
import { type Diagnosis, SHOWN } from './diagnosis.ts';
import type { Context, Section } from './section.ts';
import { clip, wrap } from './text.ts';
import { span } from './units.ts';

const MINUTE = 60_000;
/** Before each sentence; the further lines of it are indented as far. */
const INDENT = 2;

export interface Verdict extends Section {
  /** Lines of the most important sentence. */
  first: number;
}

/** What is wrong and what to do, or that nothing is. */
export function verdict({ state, columns, colors }: Context, diagnoses: readonly Diagnosis[]): Verdict {
  const sentences = sentencesOf(state, diagnoses, colors).map(([mark, text]) => {
    const [start, ...rest] = wrap(text, columns - INDENT);
    return [`${mark} ${start}`, ...rest.map((line) => ' '.repeat(INDENT) + line)];
  });
  const draw = (rows: number): string[] => {
    const lines = sentences[0]!.slice(0, rows);
    if (lines.length < sentences[0]!.length && lines.length > 0)
      lines.push(clip(`${lines.pop()} …`, columns));
    for (const sentence of sentences.slice(1)) {
      if (lines.length + sentence.length > rows) break;
      lines.push(...sentence);
    }
    return lines;
  };
  return { name: 'verdict', most: sentences.flat().length, first: sentences[0]!.length, draw };
}

type Sentence = readonly [mark: string, text: string];

function sentencesOf(state: CampaignState, diagnoses: readonly Diagnosis[], colors: Colors): Sentence[] {
  const marks = { problem: colors.red('✗'), warning: colors.yellow('!'), hint: colors.cyan('>') };
  const sentences = diagnoses.slice(0, SHOWN).map(({ severity, text }): Sentence => [marks[severity], text]);
  return sentences.length > 0 ? sentences : [[colors.green('✓'), calm(state)]];
}

/** What is to be said where nothing is wrong. */
function calm(state: CampaignState): string {
  if (state.phase === 'starting') return 'starting: the target is being loaded';
  if (state.phase === 'finishing')
    return 'finishing: what was found is being looked at; Ctrl-C again ends at once';
  if (state.phase === 'done') return 'done';
  const { sinceNew } = totals(state);
  if (sinceNew === undefined) return 'working: nothing reached yet';
  if (sinceNew < MINUTE) return 'working, and still finding new code: nothing to do';
  return `working: nothing new for ${span(sinceNew)}, which is not unusual yet`;
}
