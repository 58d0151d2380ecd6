import { DeviceError } from '../abi/errno.ts';

/** What ioctl(2) copies in. A value of another kind is an address that cannot be read: EFAULT. */

const fault = (): never => {
  throw new DeviceError('EFAULT', 'ioctl');
};

/** `uint64_t *`, as a number; beyond 2^53 the exact value matters to no request. */
export function uint64(arg: unknown): number {
  if (typeof arg === 'bigint') return Number(BigInt.asUintN(64, arg));
  return typeof arg === 'number' && Number.isInteger(arg) ? Number(BigInt.asUintN(64, BigInt(arg))) : fault();
}

/** `int *`. */
export function int(arg: unknown): number {
  if (typeof arg === 'bigint') return Number(BigInt.asIntN(32, arg));
  return typeof arg === 'number' && Number.isInteger(arg) ? arg | 0 : fault();
}

/** `struct kcov_ioc_remote_attach *`. */
export function section(arg: unknown): [subsystem: bigint | number, id: bigint | number] {
  const { subsystem, id } = (arg ?? {}) as Record<string, unknown>;
  return isId(subsystem) && isId(id) ? [subsystem, id] : fault();
}

const isId = (value: unknown): value is bigint | number =>
  typeof value === 'bigint' || Number.isInteger(value);
