import type {
  Executed,
  ExecuteOptions,
  Limits,
  LoadListener,
  TargetRequest,
} from '../../executor/executed.ts';
import { Executor } from '../../executor/executor.ts';
import { readInput } from '../../inputs.ts';

export interface Machine {
  request: TargetRequest;
  limits: Limits;
  listener: LoadListener;
  /** Processes side by side. */
  jobs: number;
}

/** Executes inputs in one process after the other, each of which has executed the first input before any other. */
export class Session {
  readonly #executor: Executor;
  readonly #paths: readonly string[];
  readonly #first: () => number | undefined;
  /** Whether it has done a batch. */
  isUsed = false;

  /**
   * @param paths of inputs, by their number
   * @param first the number of the first input, where that is known
   */
  constructor(
    { request, limits, listener }: Machine,
    paths: readonly string[],
    first: () => number | undefined,
  ) {
    this.#executor = new Executor(request, limits, listener);
    this.#paths = paths;
    this.#first = first;
  }

  async execute(number: number, options: ExecuteOptions): Promise<Executed> {
    const first = this.#first();
    if (this.#executor.isFresh && first !== undefined && first !== number)
      await this.#executor.execute(this.#read(first));
    return this.#executor.execute(this.#read(number), options);
  }

  restart(): Promise<void> {
    return this.#executor.restart();
  }

  close(): Promise<void> {
    return this.#executor.close();
  }

  #read(number: number): Uint8Array {
    return readInput(this.#paths[number]!).data;
  }
}
