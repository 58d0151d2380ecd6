/** ioctl requests of `/dev/ksyms`. @see FreeBSD sys/ksyms.h */
import { _IOR } from './ioctl.ts';

/** Size of the snapshot in bytes. */
export const KIOCGSIZE = _IOR('l', 1, 8);
/** Address of the snapshot in the caller's memory. */
export const KIOCGADDR = _IOR('l', 2, 8);

/** What a module is told: it is loaded, is about to go, or the system shuts down. @see FreeBSD sys/module.h */
export const MOD_LOAD = 0;
export const MOD_UNLOAD = 1;
export const MOD_SHUTDOWN = 2;
