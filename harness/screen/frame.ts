import { coverage } from './coverage.ts';
import type { Diagnosis } from './diagnosis.ts';
import { findings } from './findings.ts';
import { numbers, title } from './head.ts';
import { type Context, GAPS, type Step, share } from './section.ts';
import { targets } from './targets.ts';
import { clip } from './text.ts';
import { verdict } from './verdict.ts';
import { workers } from './workers.ts';

const ALL = Number.POSITIVE_INFINITY;

/** Which lines come first where there are few: what runs, whether it still finds, what to do, what was found. */
const steps = (firstSentence: number): Step[] => [
  { name: 'title', rows: 1 },
  { name: 'numbers', rows: 2, whole: true },
  { name: 'coverage', rows: 1 },
  { name: 'findings', rows: 1 },
  { name: 'verdict', rows: firstSentence },
  { name: 'workers', rows: 1 },
  { name: 'findings', rows: 3 },
  { name: 'targets', rows: 3, whole: true },
  { name: 'coverage', rows: 4 },
  { name: 'verdict', rows: ALL, whole: true },
  { name: GAPS, rows: ALL, whole: true },
  { name: 'findings', rows: 6 },
  { name: 'workers', rows: ALL, whole: true },
  { name: 'targets', rows: ALL },
  { name: 'findings', rows: 12 },
  { name: 'coverage', rows: ALL },
  { name: 'findings', rows: ALL },
];

/** A whole screen: at most `rows` lines, none wider than `columns`. */
export function frame(context: Context, diagnoses: readonly Diagnosis[], rows: number): string[] {
  const last = verdict(context, diagnoses);
  const sections = [title, numbers, coverage, targets, workers, findings].map((section) => section(context));
  return share([...sections, last], steps(last.first), rows).map((line) => clip(line, context.columns));
}
