import type { Kernel } from './abi/kernel.ts';

export { KCOV_REMOTE_VHCI } from './abi/kcov.ts';

/**
 * For code under test that annotates itself. Where no harness is loaded every function does nothing, as the
 * macros of a kernel built without KCOV.
 */
type Id = bigint | number;

const kernel = (): Partial<Kernel> | undefined => (globalThis as { __kcov?: Partial<Kernel> }).__kcov;

/** Makes the remote section (subsystem, id) known. @throws {KernelPanic} where it is @see subr_kcov.c:246 */
export function kcovRemoteRegister(subsystem: Id, id: Id): void {
  kernel()?.kcov_remote_register?.(subsystem, id);
}

/** From here on the caller works for the section. @throws {KernelPanic} @see subr_kcov.c:271 */
export function kcovRemoteEnter(subsystem: Id, id: Id): void {
  kernel()?.kcov_remote_enter?.(subsystem, id);
}

/** The caller works for itself again. @throws {KernelPanic} @see subr_kcov.c:294 */
export function kcovRemoteLeave(subsystem: Id, id: Id): void {
  kernel()?.kcov_remote_leave?.(subsystem, id);
}

/**
 * Runs `fn`, and all that it starts, as an LWP of its own, which ends when `fn` has returned or the promise that
 * it returned has settled. For work that runs beside whoever asked for it, such as that of a queue's consumer.
 *
 * @returns what `fn` returns
 */
export function kthreadCreate<R>(fn: () => R): R {
  const create = kernel()?.kthread_create;
  return create === undefined ? fn() : create(fn);
}

/** What the caller does until `kcovSilenceLeave` is not traced. @see subr_kcov.c:427 */
export function kcovSilenceEnter(): void {
  kernel()?.kcov_silence_enter?.();
}

/** @see subr_kcov.c:436 */
export function kcovSilenceLeave(): void {
  kernel()?.kcov_silence_leave?.();
}
