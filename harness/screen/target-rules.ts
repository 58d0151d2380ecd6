import type { CampaignState, TargetState } from '../campaign/state.ts';
import { harmless } from '../harmless.ts';
import { type Diagnosis, hint, problem, warning } from './diagnosis.ts';
import { count, percent, span } from './units.ts';

const MINUTE = 60_000;

/** Executions after which an average says something. */
const ENOUGH_RUNS = 1000;
/** Milliseconds of a mean run. At 20 a worker makes 1.4 million runs in a night, where a parser makes 50 million. */
const SLOW = 20;
/** Of all runs. One in a hundred costs nothing, since a further run traces what is missing; more is paid for. */
const OVERFLOWED = 0.01;
/** Below it a tenth of all places come and go, and new coverage is often an accident. */
const STABLE = 0.9;
/** Most campaigns that find nothing for so long go on like that, if nobody changes anything. */
const STALE = 20 * MINUTE;
/** Of all runs. Beyond half of them a finding hides what lies behind it; a hundred runs show that. */
const FAILING = 0.5;
const FAILING_RUNS = 100;

export type TargetRule = (target: TargetState, state: CampaignState) => Diagnosis | undefined;

const alwaysFails: TargetRule = (target, { findings }) => {
  if (target.executions < FAILING_RUNS) return undefined;
  const own = findings.filter((finding) => finding.target === target.name);
  const often = own.reduce<(typeof own)[number] | undefined>(
    (most, finding) => (finding.count > (most?.count ?? 0) ? finding : most),
    undefined,
  );
  const share = (often?.count ?? 0) / target.executions;
  if (often === undefined || share < FAILING) return undefined;
  const inputs = share > 0.99 ? 'every input fails' : `${percent(share)} of all inputs fail alike`;
  return problem(
    'always-fails',
    `${inputs}: ${harmless(often.title)}: fix that first, or catch it in the target; it hides what lies behind it`,
  );
};

const nothingInstrumented: TargetRule = ({ files, executions }) =>
  files === 0 && executions > 0
    ? problem('nothing-instrumented', 'no file of yours is instrumented: say which are with -i')
    : undefined;

const nothingReached: TargetRule = ({ files, covered, executions }) =>
  files > 0 && covered === 0 && executions >= ENOUGH_RUNS
    ? problem(
        'nothing-reached',
        'no instrumented code runs: does the target call it, and with the input? kcovjs replay shows where one goes',
      )
    : undefined;

const slow: TargetRule = ({ meanMilliseconds, rate, executions }, { phase, elapsed }) =>
  executions > 0 && meanMilliseconds >= SLOW
    ? warning(
        'slow',
        `the target is slow: ${count(phase === 'running' ? rate : executions / (elapsed / 1000))} executions a second, ${count(meanMilliseconds)} ms each: do once, outside of fuzz(), what each run repeats; bound inputs with -- -max_len=…`,
      )
    : undefined;

const overflows: TargetRule = ({ overflowed }) =>
  overflowed >= OVERFLOWED
    ? warning(
        'overflows',
        `buffer overflowed in ${percent(overflowed)} of runs: later PCs are traced by a further run; leave out with -e what need not be traced, or bound inputs with -- -max_len=…`,
      )
    : undefined;

const unstable: TargetRule = ({ stability, executions }) =>
  executions >= ENOUGH_RUNS && stability < STABLE
    ? warning(
        'unstable',
        `stability ${percent(stability)}: an input reaches other places when it runs again: keep time, chance and what is left from earlier runs out of the target`,
      )
    : undefined;

const stale: TargetRule = ({ sinceNew, covered }) =>
  sinceNew !== undefined && covered > 0 && sinceNew >= STALE
    ? hint(
        'stale',
        `nothing new for ${span(sinceNew)}: try a dictionary (-- -dict=…), seeds of real files, or kcovjs report to see what is shut`,
      )
    : undefined;

/** The more important before the less: of equal severity, the first is shown first. */
export const TARGET_RULES: readonly TargetRule[] = [
  alwaysFails,
  nothingInstrumented,
  nothingReached,
  slow,
  unstable,
  overflows,
  stale,
];
