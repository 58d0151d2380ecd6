const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

type Listener = NodeJS.UncaughtExceptionListener & NodeJS.UnhandledRejectionListener;

/** Of one party the listeners for what nobody has caught: it would end the process, or take it for handled. */
export class Listeners {
  readonly #before = listeners();
  #own: ReadonlyMap<string, readonly Listener[]> = new Map();

  /** All that have come since this was made are that party's. */
  note(): void {
    this.#own = new Map(
      [...listeners()].map(([event, all]) => [
        event,
        all.filter((one) => !this.#before.get(event)!.includes(one)),
      ]),
    );
  }

  remove(): void {
    for (const [event, own] of this.#own) for (const one of own) process.off(event, one);
  }
}

const listeners = (): Map<string, Listener[]> =>
  new Map(EVENTS.map((event) => [event, process.listeners(event as 'uncaughtException') as Listener[]]));
