import { EventEmitter } from 'node:events';
import type { PoolRunnerInitializer, PoolWorker, TestProject } from 'vitest/node';

/** What is told of the way to the test file. */
export interface Course {
  /** Nothing of the project is loaded yet. */
  starts(project: TestProject): void;
  /** Vitest is ready, and has not loaded anything of the test file. */
  begins(): void;
}

/**
 * A pool of vitest whose only worker is this process itself: the code under test then runs where libFuzzer and kcov
 * are. Messages go from one side to the other in a turn of their own, as those between processes do.
 */
export const ownProcess = (course: Course): PoolRunnerInitializer => ({
  name: 'kcovjs',
  createPoolWorker({ project }) {
    course.starts(project);
    return new OwnProcess(course);
  },
});

type Hear = (message: unknown) => void;

class OwnProcess implements PoolWorker {
  readonly name = 'kcovjs';
  readonly #course: Course;
  readonly #toPool = new EventEmitter();
  readonly #toWorker = new EventEmitter();

  constructor(course: Course) {
    this.#course = course;
  }

  readonly on = (event: string, hear: Hear): void => void this.#toPool.on(event, hear);
  readonly off = (event: string, hear: Hear): void => void this.#toPool.off(event, hear);
  readonly send = (message: unknown): void => later(this.#toWorker, message);
  readonly deserialize = (data: unknown): unknown => data;

  async start(): Promise<void> {
    const { init, runBaseTests, setupEnvironment } = await import('vitest/worker');
    init({
      post: (message: unknown) => later(this.#toPool, message),
      on: (hear: Hear) => this.#toWorker.on('message', hear),
      off: (hear: Hear) => this.#toWorker.off('message', hear),
      serialize: (data: unknown) => data,
      deserialize: (data: unknown) => data,
      setup: setupEnvironment,
      runTests: (state, traces) => {
        const ran = runBaseTests('run', state, traces);
        this.#course.begins();
        return ran;
      },
      collectTests: (state, traces) => runBaseTests('collect', state, traces),
      teardown: () => {},
    });
  }

  async stop(): Promise<void> {}
}

const later = (to: EventEmitter, message: unknown): void =>
  void setImmediate(() => to.emit('message', message));
