/** User space: what one who measures and fuzzes works with. */
export { DeviceError, KernelPanic } from '../src/abi/errno.ts';
export * from '../src/abi/kcov.ts';
export { KIOCGADDR, KIOCGSIZE } from '../src/abi/ksyms.ts';
export { MAP_SHARED, PROT_EXEC, PROT_READ, PROT_WRITE } from '../src/abi/mman.ts';
export { type Registration, register } from '../src/loader/register.ts';
export {
  close,
  dup,
  dup2,
  ioctl,
  type KldStat,
  kldfind,
  kldstat,
  kldunload,
  lwpCreate,
  mmap,
  munmap,
  open,
  type Request,
  read,
} from '../src/user.ts';
export {
  type CollectedCmps,
  type CollectedPcs,
  type CollectedRemote,
  type CollectOptions,
  type Comparison,
  collect,
} from './collect.ts';
export { snapshot } from './snapshot.ts';
export { ElfError } from './symbolize/elf.ts';
export { type Frame, Symbolizer } from './symbolize/symbolizer.ts';
