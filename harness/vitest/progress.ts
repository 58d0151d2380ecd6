import type { Heard, Standing } from './fuzz-process.ts';

/** Milliseconds until the first line; each further one comes after twice the time. */
const FIRST = 5000;

/** Tells how the fuzzing of a test goes on, less and less often, and how it ended. */
export class Progress {
  readonly #name: string;
  readonly #say: (line: string) => void;
  readonly #titles = new Set<string>();
  #due = FIRST;
  /** Whether it is yet to be seen how much is instrumented. */
  #isToLook: boolean;

  /**
   * @param isNamed whether the test says what is instrumented
   * @param say is given one line at a time
   */
  constructor(name: string, isNamed: boolean, say: (line: string) => void) {
    this.#name = name;
    this.#isToLook = !isNamed;
    this.#say = say;
  }

  readonly hear = (heard: Heard): void => {
    if (heard.type === 'status' || heard.type === 'summary') this.#look(heard);
    if (heard.type === 'note') this.#tell(heard.text);
    else if (heard.type === 'finding') this.#found(heard.title);
    else if (heard.type === 'summary') this.#tell(standing(heard));
    else if (
      heard.type === 'status' &&
      heard.executions > 0 &&
      heard.findings === 0 &&
      heard.fuzzed >= this.#due
    ) {
      this.#due = Math.max(this.#due * 2, heard.fuzzed);
      this.#tell(standing(heard));
    }
  };

  /** Where nothing but the test itself guides the fuzzer, as for the code of a package, that is said. */
  #look({ executions, targets: [target] }: Standing): void {
    if (!this.#isToLook || executions === 0) return;
    this.#isToLook = false;
    if (target?.files === 1)
      this.#tell(
        "only its test file is instrumented; if what it tests is elsewhere, the option 'includes' says where",
      );
  }

  /** Each is heard of more than once. */
  #found(title: string): void {
    if (this.#titles.has(title)) return;
    this.#titles.add(title);
    this.#tell(`found ${title}; its input is made smaller`);
  }

  #tell(text: string): void {
    this.#say(`fuzzing ${this.#name}: ${text}`);
  }
}

function standing({ fuzzed, executions, covered, sites, inputs }: Standing): string {
  const seconds = fuzzed / 1000;
  const rate = Math.round(executions / Math.max(seconds, 0.001));
  return [
    `${Math.round(seconds)} s`,
    `${grouped(executions)} runs (${grouped(rate)}/s)`,
    `${grouped(inputs)} inputs`,
    `${grouped(covered)} of ${grouped(sites)} places reached`,
  ].join(', ');
}

const grouped = (number: number): string => number.toLocaleString('en-US');
