import { type Debugger, Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';

export type CallFrame = Debugger.CallFrame;
export type Location = Debugger.Location;

/** Milliseconds in which a thread that is stopped answers. */
const ANSWER = 2000;

/** A script as V8 knows it. */
export interface Script {
  /** `file:` address. */
  url: string;
  sourceMapURL?: string | undefined;
}

/** The main thread as a debugger in another thread of the process sees it: V8 hears it wherever it runs JavaScript. */
export class MainThread {
  readonly #session = new Session();
  /** By their ids. */
  readonly scripts = new Map<string, Script>();
  #onPaused: ((frames: CallFrame[]) => void) | undefined;

  attach(): void {
    this.#session.connectToMainThread();
    this.#session.on('Debugger.scriptParsed', ({ params }) => this.scripts.set(params.scriptId, params));
    this.#session.on('Debugger.paused', ({ params }) => this.#onPaused?.(params.callFrames));
    this.#session.post('Debugger.enable');
  }

  /** @returns its frames, the innermost first; null where it cannot be stopped within `patience` milliseconds */
  pause(patience: number): Promise<CallFrame[] | null> {
    return this.#paused(patience, () => this.#session.post('Debugger.pause'));
  }

  /** Goes on until the innermost function has returned. @returns null where it has not after `patience` milliseconds */
  stepOut(patience: number): Promise<CallFrame[] | null> {
    return this.#paused(patience, () => this.#session.post('Debugger.stepOut'));
  }

  resume(): void {
    this.#session.post('Debugger.resume');
  }

  /** Goes on until one of the places is reached. @returns null where none is after `patience` milliseconds */
  async runTo(places: readonly Location[], patience: number): Promise<CallFrame[] | null> {
    const ids = await Promise.all(places.map((location) => this.#break(location)));
    const frames = await this.#paused(patience, () => this.resume());
    for (const id of ids)
      if (id !== undefined) this.#session.post('Debugger.removeBreakpoint', { breakpointId: id });
    return frames;
  }

  /** Where execution can be stopped in a function; it must be stopped now. */
  async places(start: Location): Promise<Location[]> {
    const found = await this.#ask<Debugger.GetPossibleBreakpointsReturnType>(
      'Debugger.getPossibleBreakpoints',
      {
        start,
        restrictToFunction: true,
      },
    );
    return found?.locations ?? [];
  }

  async #break(location: Location): Promise<string | undefined> {
    const set = await this.#ask<Debugger.SetBreakpointReturnType>('Debugger.setBreakpoint', { location });
    return set?.breakpointId;
  }

  /** @returns undefined where it is refused, or not answered since the thread is not stopped after all */
  #ask<R>(method: string, parameters: object): Promise<R | undefined> {
    const answer = new Promise<R | undefined>((resolve) => {
      this.#session.post(method, parameters, (error, result) =>
        resolve(error === null ? (result as R) : undefined),
      );
    });
    return Promise.race([answer, sleep(ANSWER, undefined)]);
  }

  #paused(patience: number, act: () => void): Promise<CallFrame[] | null> {
    const frames = new Promise<CallFrame[]>((resolve) => {
      this.#onPaused = resolve;
    });
    act();
    return Promise.race([frames, sleep(patience, null)]);
  }
}
