import { writeArtifact } from './artifact.ts';
import type { Execution } from './execution.ts';
import { printFinding } from './finding.ts';
import { investigate, type Report, type Reruns } from './investigation.ts';
import type { Jazzer } from './jazzer.ts';
import { type PollutionGuard, ROUND } from './pollution.ts';
import { RecentInputs } from './recent-inputs.ts';

const OK = 0;

export interface ReporterOptions {
  execution: Execution;
  jazzer: Pick<Jazzer, 'findings' | 'addon'>;
  guard: PollutionGuard | undefined;
  /** Milliseconds after which libFuzzer ends the process; its alarm counts all executions of an input together. */
  timeout: number;
  libFuzzerFlags: readonly string[];
}

/** Keeps what may have to be run anew, and reports what failed. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #inputs = new RecentInputs(ROUND);
  #start = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** To be called before each input is run. */
  begin(data: Buffer): void {
    this.#inputs.keep(data);
    this.#start = performance.now();
  }

  investigate(error: unknown): Reruns<Report | undefined> {
    const { jazzer, guard, timeout } = this.#options;
    const hasTime = (): boolean => performance.now() - this.#start < timeout / 4;
    return investigate(error, { inputs: this.#inputs, findings: jazzer.findings, guard, hasTime });
  }

  /**
   * Prints what was found and writes its input, as long as libFuzzer has it; the error is then thrown to end the
   * loop.
   *
   * @param report undefined where there is nothing to report, and the loop goes on with stacks
   */
  report(report: Report | undefined): void {
    if (report === undefined) {
      this.#keepStacks();
      return;
    }
    const { findings } = this.#options.jazzer;
    const { error } = report;
    const isStop = error instanceof findings.FuzzerSignalFinding && error.exitCode === OK;
    if (!isStop) this.#print(report);
    throw error;
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
