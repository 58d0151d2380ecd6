import { writeArtifact } from './artifact.ts';
import { Ending } from './ending.ts';
import type { Execution } from './execution.ts';
import { printFinding } from './finding.ts';
import { investigate, type Report, type Reruns } from './investigation.ts';
import type { Jazzer } from './jazzer.ts';
import { type Failed, type FuzzListener, type Progress, Stopped, type StopReason } from './listener.ts';
import { type PollutionGuard, ROUND } from './pollution.ts';
import { RecentInputs } from './recent-inputs.ts';

const OK = 0;

/** Milliseconds between two calls of a listener's `idle`. */
const IDLE = 5;

export interface ReporterOptions {
  execution: Execution;
  jazzer: Pick<Jazzer, 'findings' | 'addon'>;
  guard: PollutionGuard | undefined;
  /** Milliseconds after which libFuzzer ends the process; its alarm counts all executions of an input together. */
  timeout: number;
  libFuzzerFlags: readonly string[];
  /** Where there is one, findings go to it, and fuzzing goes on after them. */
  listener?: FuzzListener | undefined;
  progress: Progress;
}

/** Keeps what may have to be run anew, and reports what failed. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #inputs = new RecentInputs(ROUND);
  readonly #now: () => number;
  readonly #begins: ((input: Uint8Array) => void) | undefined;
  #start = 0;
  /** When the listener is to be called next. */
  #due: number;
  /** Of the failure at hand. */
  #kind: Failed['kind'] = 'error';
  /** Why there are no further executions. */
  #stopped: Stopped | undefined;

  constructor(options: ReporterOptions) {
    const { listener } = options;
    this.#options = options;
    this.#now = listener === undefined ? () => performance.now() : () => listener.now();
    this.#begins = listener?.begins?.bind(listener);
    this.#due = listener === undefined ? Number.POSITIVE_INFINITY : 0;
  }

  /** To be called before each input is run. @throws Stopped */
  begin(data: Buffer): void {
    // libFuzzer may come with another before it ends; what runs then would see our own end as its own.
    if (this.#stopped !== undefined) throw this.#stopped;
    this.#inputs.keep(data);
    this.#start = this.#now();
    if (this.#start >= this.#due) this.#idle();
    this.#begins?.(data);
  }

  #stop(why: StopReason): never {
    this.#stopped = new Stopped(why);
    throw this.#stopped;
  }

  #idle(): void {
    const { listener, progress } = this.#options;
    if (listener?.idle(progress) === false) this.#stop('listener');
    this.#start = this.#now();
    this.#due = this.#start + IDLE;
  }

  /**
   * To be called when an execution has failed.
   *
   * @returns whether to investigate and report it; otherwise the loop goes on
   * @throws Stopped
   */
  wants(error: unknown): boolean {
    const { listener } = this.#options;
    this.#kind = this.#kindOf(error);
    if (listener === undefined || this.#isStop(error)) return true;
    if (listener.wants({ error, kind: this.#kind })) return true;
    this.#mend(error);
    return false;
  }

  #kindOf(error: unknown): Failed['kind'] {
    const { jazzer, execution } = this.#options;
    if (error instanceof Ending) return error.kind;
    if (error instanceof jazzer.findings.Finding) return 'detector';
    return execution.unhandled ? 'rejection' : 'error';
  }

  #isStop(error: unknown): boolean {
    const { FuzzerSignalFinding } = this.#options.jazzer.findings;
    return error instanceof FuzzerSignalFinding && error.exitCode === OK;
  }

  investigate(error: unknown): Reruns<Report | undefined> {
    const { jazzer, guard, timeout } = this.#options;
    const hasTime = (): boolean => this.#now() - this.#start < timeout / 4;
    return investigate(error, { inputs: this.#inputs, findings: jazzer.findings, guard, hasTime });
  }

  /**
   * Prints what was found and writes its input, as long as libFuzzer has it; the error is then thrown to end the
   * loop. Where there is a listener, it is told instead, and the loop goes on.
   *
   * @param report undefined where there is nothing to report, and the loop goes on with stacks
   * @throws the error; Stopped
   */
  report(report: Report | undefined): void {
    if (report === undefined) {
      this.#keepStacks();
      return;
    }
    const { listener } = this.#options;
    const isStop = this.#isStop(report.error);
    if (listener !== undefined) {
      if (isStop) this.#stop('signal');
      this.#tell(listener, report);
      return;
    }
    if (!isStop) this.#print(report);
    throw report.error;
  }

  #tell(listener: FuzzListener, { error, note, culprit }: Report): void {
    const input = culprit ?? this.#inputs.last(1)[0]!;
    const found = { error, kind: this.#kind, input, ...(note !== undefined && { note }) };
    if (!listener.found(found)) this.#stop('listener');
    this.#mend(error);
  }

  /** Prototypes stay as a finding has left them, and would fail every execution from here on. */
  #mend(error: unknown): void {
    const { guard, jazzer } = this.#options;
    if (guard === undefined || !(error instanceof jazzer.findings.Finding)) return;
    if (error.message.startsWith('Prototype Pollution') && !guard.restore()) this.#stop('polluted');
  }

  #print({ error, note, culprit, suspects = [] }: Report): void {
    const { jazzer, libFuzzerFlags } = this.#options;
    printFinding(error, jazzer.findings);
    if (note !== undefined) process.stderr.write(`kcovjs: ${note}\n`);
    for (const suspect of suspects) writeArtifact('suspect', suspect, libFuzzerFlags);
    if (culprit === undefined) jazzer.addon.printAndDumpCrashingInput();
    else writeArtifact('crash', culprit, libFuzzerFlags);
  }

  #keepStacks(): void {
    this.#options.execution.stackTraces = true;
    process.stderr.write(
      'kcovjs: WARNING: the target fails only where errors have no stacks; from here on they have (--stack-traces)\n',
    );
  }
}
