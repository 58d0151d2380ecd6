/**
 * ioctl request numbers as both BSDs encode them: direction in the top three bits, the size of the argument
 * in thirteen, then the group letter and the number.
 * @see NetBSD sys/ioccom.h, FreeBSD sys/ioccom.h
 */
const IOCPARM_MASK = 0x1fff;
const IOC_VOID = 0x20000000;
const IOC_OUT = 0x40000000;
const IOC_IN = 0x80000000;

function ioc(direction: number, group: string, number: number, length: number): number {
  return (direction | ((length & IOCPARM_MASK) << 16) | (group.charCodeAt(0) << 8) | number) >>> 0;
}

/** A request without an argument. */
export const _IO = (group: string, number: number): number => ioc(IOC_VOID, group, number, 0);
/** A request that hands `length` bytes out of the kernel. */
export const _IOR = (group: string, number: number, length: number): number =>
  ioc(IOC_OUT, group, number, length);
/** A request that hands `length` bytes into the kernel. */
export const _IOW = (group: string, number: number, length: number): number =>
  ioc(IOC_IN, group, number, length);
