import { readdirSync, statSync } from 'node:fs';
import type { TargetRequest } from '../executor/executed.ts';
import { UsageError } from '../usage.ts';
import { type Candidate, lastOf, leftBehind, leftBehindIn } from './candidates.ts';
import { CampaignCoverage } from './coverage.ts';
import { Folders } from './folders.ts';
import { HistoryLog } from './history-log.ts';
import type { FromWorker, WorkerRequest } from './messages.ts';
import type { TargetState } from './state.ts';
import type { Death } from './worker-process.ts';

/** One target of a campaign, and how its workers are started. */
export interface TargetPlan {
  /** As the user calls it. */
  name: string;
  request: TargetRequest;
  /** The folder that its workers share. */
  corpus: string;
  /** Further inputs, which are only read. */
  seeds: readonly string[];
  /** libFuzzer's, for each worker. */
  flags: readonly string[];
  /** Of the time of a campaign with several targets. */
  weight: number;
  /** Milliseconds that its workers may take together, in a campaign with several targets. */
  budget?: number;
  /** Megabytes at which a worker is started anew. */
  memory: number;
}

/** What a worker has said of itself in its present life. */
interface Life {
  executions: number;
  overflows: number;
}

export interface Listener {
  candidate(candidate: Candidate): void;
  /** What is known came again, without anything to look at. */
  again(key: string, count: number): void;
  note(text: string): void;
}

/** What a campaign knows of one of its targets, from what the workers say. */
export class TargetRun {
  readonly plan: TargetPlan;
  readonly folders: Folders;
  readonly coverage = new CampaignCoverage();
  readonly #history: HistoryLog;
  readonly #listener: Listener;
  readonly #lives = new Map<number, Life>();
  /** Of processes that have ended. */
  #executions = 0;
  #overflows = 0;
  #inputs: number;
  #newInputs = 0;
  #stability = 1;
  #files = 0;
  #sites = 0;
  #isAsync = false;
  #wasReady = false;
  #isDone = false;

  constructor(plan: TargetPlan, listener: Listener) {
    this.plan = plan;
    this.folders = new Folders(plan.corpus);
    this.#history = new HistoryLog(this.folders.history, Date.now());
    this.#listener = listener;
    this.#inputs = countFiles(this.folders.corpus);
  }

  /** @param number of the worker, from 1 */
  requestFor(number: number, how: Pick<WorkerRequest, 'keepGoing' | 'journal'>): WorkerRequest {
    const { request, seeds, flags, memory } = this.plan;
    const engine = this.#isAsync ? { ...request.engine, loop: 'async' as const } : request.engine;
    return {
      ...request,
      engine,
      seeds,
      flags: flags.map((flag) => seeded(flag, number)),
      memory,
      ...how,
      corpus: this.folders.corpus,
      folder: this.folders.worker(number),
    };
  }

  /** What a campaign that was killed had no time to look at. */
  leftBehind(): Candidate[] {
    return leftBehindIn(this.folders.workers);
  }

  /** @param at milliseconds since the start */
  hear(number: number, message: FromWorker, at: number): void {
    switch (message.type) {
      case 'ready':
        this.#wasReady = true;
        this.#files = message.files;
        this.#sites = message.sites;
        break;
      case 'stats':
        this.#lives.set(number, { executions: message.executions, overflows: message.overflows });
        this.#stability = message.stability;
        this.#files = message.files;
        this.#sites = message.sites;
        this.coverage.add(message.reached, at);
        break;
      case 'input':
        this.#inputs++;
        this.#newInputs++;
        break;
      case 'fault':
        this.#listener.candidate({ file: message.file, fault: message.fault });
        break;
      case 'again':
        this.#listener.again(message.key, message.count);
        break;
      case 'note':
        this.#listener.note(message.text);
    }
  }

  /**
   * A worker's process has ended.
   *
   * @param isExpected whether the campaign has asked for it
   * @returns whether it is known why
   * @throws {UsageError} where the target cannot be loaded at all
   */
  bury(number: number, death: Death, isExpected: boolean): boolean {
    const life = this.#lives.get(number);
    this.#lives.delete(number);
    this.#executions += life?.executions ?? 0;
    this.#overflows += life?.overflows ?? 0;
    if (death.leaving === 'promises') this.#isAsync = true;
    if (death.leaving === 'done') this.#isDone = true;
    if (death.leaving !== null) return true;
    if (!this.#wasReady && !isExpected) throw new UsageError(this.#refusal(death));
    const folder = this.folders.worker(number);
    const artifacts = leftBehind(folder);
    const left = artifacts.length > 0 || isExpected ? artifacts : lastOf(folder);
    for (const candidate of left)
      this.#listener.candidate({ ...candidate, stderr: death.stderr, isLate: isExpected });
    if (left.length === 0 && !isExpected) this.#listener.note(`worker ${number}: ${describe(death)}`);
    return left.length > 0;
  }

  /** In the words of the other commands, which know the target by the user's name for it. */
  #refusal(death: Death): string {
    const { name, request } = this.plan;
    return lastLine(death)?.replace(request.target, name) ?? `${name}: ${describe(death)}`;
  }

  /** Whether its target could be loaded. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** Whether a worker has done all that its flags asked for; the others go on until they have, too. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Keeps on disk how far it is.
   *
   * @param at milliseconds since the start
   * @param isLast whether nothing comes after it
   * @throws as the file system does
   */
  remember(at: number, isLast = false): void {
    if (!this.#wasReady) return;
    if (isLast) this.#history.end(at, this.#progress);
    else this.#history.add(at, () => this.#progress);
  }

  get #progress() {
    const { covered } = this.coverage;
    return { covered, sites: this.#sites, inputs: this.#inputs, executions: this.executions };
  }

  get executions(): number {
    return this.#sum('executions', this.#executions);
  }

  /** @param rate executions a second of its workers, and how many run */
  state(at: number, { rate, workers }: { rate: number; workers: number }): TargetState {
    const { executions } = this;
    const overflows = this.#sum('overflows', this.#overflows);
    const { lastNew, covered } = this.coverage;
    return {
      name: this.plan.name,
      corpus: this.plan.corpus,
      inputs: this.#inputs,
      newInputs: this.#newInputs,
      executions,
      rate,
      covered,
      sites: this.#sites,
      files: this.#files,
      ...(lastNew !== undefined && { sinceNew: at - lastNew }),
      stability: this.#stability,
      overflowed: executions === 0 ? 0 : overflows / executions,
      history: this.coverage.history(at),
      meanMilliseconds: rate === 0 ? 0 : (1000 * workers) / rate,
    };
  }

  #sum(field: keyof Life, before: number): number {
    let sum = before;
    for (const life of this.#lives.values()) sum += life[field];
    return sum;
  }
}

/** Workers with one seed would all do the same. */
function seeded(flag: string, number: number): string {
  const [, seed] = /^-seed=(\d+)$/.exec(flag) ?? [];
  return seed === undefined || seed === '0' ? flag : `-seed=${Number(seed) + number - 1}`;
}

const describe = ({ code, signal, stderr }: Death): string => {
  const how = signal === null ? `exit code ${code}` : signal;
  const last = stderr.trimEnd().split('\n').at(-1)?.trim();
  return `its process ended with ${how}${last ? `: ${last.slice(0, 200)}` : ''}`;
};

/** What a command would have said. */
function lastLine({ stderr }: Death): string | undefined {
  return stderr
    .split('\n')
    .findLast((line) => line.startsWith('kcovjs: '))
    ?.slice('kcovjs: '.length);
}

function countFiles(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'buffer' }).length;
  } catch {
    return statSync(folder, { throwIfNoEntry: false }) === undefined ? 0 : 1;
  }
}
