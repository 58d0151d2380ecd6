/**
 * Errno values of the originals (NetBSD and FreeBSD agree on every one used here), and the two ways a
 * device refuses: a caller's mistake is an errno, our own broken invariant is a panic.
 */
export const ERRNO = {
  ENOENT: 2,
  ENXIO: 6,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  EMFILE: 24,
  ENOTTY: 25,
  EOPNOTSUPP: 45,
  ENOBUFS: 55,
} as const;

export type ErrnoCode = keyof typeof ERRNO;

/** A refused call, shaped like Node's own system errors: `code`, negative `errno`, `syscall`. */
export class DeviceError extends Error {
  readonly code: ErrnoCode;
  readonly errno: number;
  readonly syscall: string;

  constructor(code: ErrnoCode, syscall: string, detail = '') {
    super(detail ? `${code}: ${syscall}: ${detail}` : `${code}: ${syscall}`);
    this.name = 'DeviceError';
    this.code = code;
    this.errno = -ERRNO[code];
    this.syscall = syscall;
  }
}

/** Thrown where the original panics or asserts; carries the original's message. */
export class KernelPanic extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KernelPanic';
  }
}

/** @throws {KernelPanic} always */
export function panic(message: string): never {
  throw new KernelPanic(message);
}
