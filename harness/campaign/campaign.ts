import { EventEmitter } from 'node:events';
import { accessSync, constants } from 'node:fs';
import type { Limits } from '../executor/executed.ts';
import type { FindingState } from '../findings/finding.ts';
import { type FindingRecord, stateOf } from '../findings/record.ts';
import { FindingStore } from '../findings/store.ts';
import { near } from '../near.ts';
import { checkFolder } from '../outputs.ts';
import { UsageError } from '../usage.ts';
import { type Lock, lock } from './lock.ts';
import type { Schedule } from './schedule.ts';
import { Slot } from './slot.ts';
import type { CampaignState } from './state.ts';
import { type TargetPlan, TargetRun } from './target-run.ts';
import { Triage } from './triage.ts';

/** Milliseconds that targets may take to load, beyond the time of the campaign. */
const LOADING = 60_000;
/** Milliseconds between looks at what there is to save, and whether it is time to end. */
const TICK = 500;
/** Notes that are kept. */
const MAX_NOTES = 20;
/** Milliseconds at the end for what still has to be looked at; the next start goes on with the rest. */
const LAST_LOOK = 120_000;

export interface CampaignPlan extends TargetPlan {
  limits: Limits;
  /** The command that runs an input again, without the input. */
  command: readonly string[];
}

export interface CampaignOptions {
  plans: readonly CampaignPlan[];
  workers: number;
  /** Whether findings do not end it. */
  keepGoing: boolean;
  /** Milliseconds after which it ends. */
  time?: number;
  /** Made for the runs, in the order of the plans. */
  schedule: (runs: readonly TargetRun[]) => Schedule;
}

interface Events {
  /** A finding is there, whole. */
  finding: [FindingState];
}

interface Part {
  run: TargetRun;
  store: FindingStore;
  triage: Triage;
  lock: Lock;
}

/**
 * Many processes that fuzz, and one, this, that never runs target code: it starts them anew when they die, keeps what
 * they find, and knows how it goes.
 */
export class Campaign extends EventEmitter<Events> {
  readonly #options: CampaignOptions;
  readonly #parts: Part[] = [];
  #slots: readonly Slot[] = [];
  readonly #start = performance.now();
  readonly #notes: string[] = [];
  readonly #found = new Set<string>();
  /** When the first worker had loaded its target, on the clock: time is for fuzzing. */
  #loaded: number | undefined;
  /** When the last worker had ended, and only what was found was still looked at. */
  #over: number | undefined;
  #phase: Exclude<CampaignState['phase'], 'starting'> = 'running';
  #failure: unknown;
  #tick: NodeJS.Timeout | undefined;

  private constructor(options: CampaignOptions) {
    super();
    this.#options = options;
  }

  /** @throws {UsageError} for a folder that cannot be written, or where another campaign works */
  static async open(options: CampaignOptions): Promise<Campaign> {
    const campaign = new Campaign(options);
    try {
      for (const plan of options.plans) await campaign.#add(plan);
    } catch (error) {
      campaign.#release();
      throw error;
    }
    return campaign;
  }

  /**
   * Fuzzes until it is over: by time, by a finding unless it keeps going, or by `stop`.
   *
   * @returns whether anything was found
   * @throws {UsageError} for a target that cannot be loaded
   */
  async run(): Promise<boolean> {
    const { workers, schedule } = this.#options;
    const turns = schedule(this.#parts.map(({ run }) => run));
    this.#slots = Array.from(
      { length: workers },
      (_, i) => new Slot({ number: i + 1, clock: this.#clock, next: (n) => turns.next(n) }),
    );
    for (const { run, triage } of this.#parts) for (const one of run.leftBehind()) triage.add(one);
    this.#tick = setInterval(() => this.#look(), TICK);
    try {
      await Promise.all(this.#slots.map((slot) => slot.live().catch(this.#fail)));
      await this.#finish();
    } finally {
      clearInterval(this.#tick);
      this.#release();
    }
    if (this.#failure !== undefined) {
      if (!this.#isLoaded) for (const { run } of this.#parts) run.folders.unmake();
      throw this.#failure;
    }
    return this.#found.size > 0;
  }

  /** Finishes in order: workers put away what they have, and what was found is looked at. */
  stop(): void {
    if (this.#phase === 'running') this.#phase = 'finishing';
    for (const slot of this.#slots) slot.stop();
  }

  /** Ends at once; what is not looked at yet is kept for the next time. */
  kill(): void {
    this.stop();
    for (const slot of this.#slots) slot.kill();
    for (const { triage } of this.#parts) void triage.close();
  }

  /** Folders of the findings that were seen, for the first time or again: those of earlier campaigns do not count. */
  get found(): ReadonlySet<string> {
    return this.#found;
  }

  get state(): CampaignState {
    const elapsed = this.#clock();
    const workers = this.#slots.map((slot) => slot.state);
    const { time } = this.#options;
    return {
      targets: this.#parts.map(({ run }) => {
        const own = workers.filter(({ target, state }) => target === run.plan.name && state === 'running');
        const rate = own.reduce((sum, one) => sum + one.rate, 0);
        return run.state(elapsed, { rate, workers: own.length });
      }),
      now: Date.now(),
      elapsed,
      fuzzed: this.#fuzzed,
      ...(time !== undefined && { left: Math.max(0, time - this.#fuzzed) }),
      phase: this.#phase === 'done' || this.#isLoaded ? this.#phase : 'starting',
      workers,
      findings: this.#parts.flatMap(({ run, store }) =>
        store.all.map((one) => ({ ...stateOf(one), target: run.plan.name })),
      ),
      triage: this.#parts.reduce((sum, { triage }) => sum + triage.waiting, 0),
      notes: this.#notes,
    };
  }

  get #isLoaded(): boolean {
    return this.#parts.some(({ run }) => run.wasReady);
  }

  get #fuzzed(): number {
    return this.#loaded === undefined ? 0 : (this.#over ?? this.#clock()) - this.#loaded;
  }

  readonly #clock = (): number => performance.now() - this.#start;

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error;
    this.stop();
  };

  async #add(plan: CampaignPlan): Promise<void> {
    const run = new TargetRun(plan, {
      candidate: (candidate) => triage.add(candidate),
      again: (key, count) => this.#again(store, key, count),
      note: this.#note,
    });
    makeFolders(run, plan.corpus);
    const held = await lock(run.folders.lock, plan.corpus);
    const store = new FindingStore(near(run.folders.findings), this.#note);
    const triage = new Triage({
      request: plan.request,
      limits: plan.limits,
      store,
      command: plan.command,
      found: (record) => this.#tell(record, plan.name),
      again: (key, count, input) => this.#again(store, key, count, input),
      note: this.#note,
    });
    this.#parts.push({ run, store, triage, lock: held });
  }

  #again(store: FindingStore, key: string, count: number, input?: Uint8Array): void {
    const record = store.get(key);
    if (record === undefined) return;
    store.seen(key, count, input);
    this.#saw(record);
  }

  #tell(record: FindingRecord, target: string): void {
    this.#saw(record);
    this.emit('finding', { ...stateOf(record), target });
  }

  #saw({ folder }: FindingRecord): void {
    this.#found.add(folder);
    if (!this.#options.keepGoing) this.stop();
  }

  readonly #note = (text: string): void => {
    if (this.#notes.at(-1) === text) return;
    this.#notes.push(text);
    if (this.#notes.length > MAX_NOTES) this.#notes.shift();
  };

  #look(): void {
    const { time } = this.#options;
    if (this.#isLoaded) this.#loaded ??= this.#clock();
    const isLate = this.#loaded === undefined && this.#clock() >= LOADING + (time ?? 0);
    if (time !== undefined && (isLate || this.#fuzzed >= time)) this.stop();
    this.#save();
  }

  /** @param isLast whether all that will be known is known */
  #save(isLast = false): void {
    for (const { store, run } of this.#parts) {
      try {
        store.save();
        run.remember(this.#clock(), isLast);
      } catch (error) {
        this.#note((error as Error).message);
      }
    }
  }

  async #finish(): Promise<void> {
    this.#phase = 'finishing';
    this.#over = this.#clock();
    const enough = setTimeout(() => this.kill(), LAST_LOOK);
    for (const { triage } of this.#parts) triage.widen(this.#options.workers);
    for (const { triage } of this.#parts) await triage.idle();
    clearTimeout(enough);
    for (const { triage } of this.#parts) await triage.close();
    this.#save(true);
    this.#phase = 'done';
  }

  #release(): void {
    for (const part of this.#parts) part.lock.release();
  }
}

function makeFolders({ folders }: TargetRun, name: string): void {
  checkFolder(name);
  try {
    folders.make();
    accessSync(folders.state, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `${name}: cannot be written, or ${folders.state} beside it: ${(error as NodeJS.ErrnoException).code}; name another folder for the corpus`,
    );
  }
}
