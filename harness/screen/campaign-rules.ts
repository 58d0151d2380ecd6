import type { CampaignState, WorkerState } from '../campaign/state.ts';
import { harmless } from '../harmless.ts';
import { type Circumstances, type Diagnosis, hint, problem, warning } from './diagnosis.ts';
import { count, megabytes } from './units.ts';

/** Restarts in a minute. Memory that leaks costs one now and then; a target that ends its process, one after another. */
const RESTARTS = 5;
/** Of the machine's memory. Beyond it the system begins to swap, or to kill. */
const FULL = 0.85;

export type CampaignRule = (state: CampaignState, circumstances: Circumstances) => Diagnosis[];

/** What notes tell that somebody can do something about, and what. */
const NOTES: readonly (readonly [pattern: RegExp, id: string, advice: string])[] = [
  [/ENOSPC|EDQUOT|no space left|quota exceeded/i, 'disk-full', 'make room; what waits is written then'],
  [
    /EROFS|EACCES|EPERM|read-only|permission denied/i,
    'not-writable',
    'new inputs are lost until it can be written',
  ],
];

const disk: CampaignRule = ({ notes }) =>
  NOTES.flatMap(([pattern, id, advice]) => {
    const note = notes.findLast((text) => pattern.test(text));
    if (note === undefined) return [];
    const what = id === 'disk-full' ? 'the disk is full' : 'a folder cannot be written';
    return [problem(id, `${what}: ${harmless(note)}: ${advice}`)];
  });

const nobodyWorks: CampaignRule = (state) =>
  state.phase === 'running' &&
  state.workers.length > 0 &&
  state.workers.every(({ state }) => state === 'stopped')
    ? [problem('stopped', 'no worker runs any more: what is written above says why; end with Ctrl-C')]
    : [];

const restarts: CampaignRule = ({ workers }, circumstances) => {
  const times = ({ number }: WorkerState): number => circumstances.restarts.get(number) ?? 0;
  const often = workers.filter((worker) => times(worker) >= RESTARTS);
  const [first] = often;
  if (first === undefined) return [];
  const who =
    often.length === 1
      ? `worker ${first.number} was restarted ${count(times(first))} times`
      : `${count(often.length)} of ${count(workers.length)} workers were restarted ${RESTARTS} times or more`;
  const advice = 'its process dies again and again: see the findings of kind crash, exit, timeout and oom';
  return [
    {
      severity: often.length === workers.length ? 'problem' : 'warning',
      id: 'restarts',
      text: `${who} in the last minute: ${advice}`,
    },
  ];
};

const memory: CampaignRule = ({ workers }, machine) => {
  const used = workers.reduce((sum, worker) => sum + worker.memory, 0);
  if (used < machine.memory * FULL) return [];
  const text = `memory: workers hold ${megabytes(used)} of ${megabytes(machine.memory)}: use fewer (--workers), or look for what the target keeps from run to run`;
  return [warning('memory', text)];
};

export const tooManyWorkers: CampaignRule = ({ workers }, { cores }) =>
  workers.length > cores
    ? [
        hint(
          'many-workers',
          `workers: ${workers.length} on ${cores} core${cores === 1 ? '' : 's'}: more of them than cores find nothing sooner: --workers ${cores}`,
        ),
      ]
    : [];

/** The more important before the less: of equal severity, the first is shown first. */
export const CAMPAIGN_RULES: readonly CampaignRule[] = [disk, nobodyWorks, restarts, memory];
