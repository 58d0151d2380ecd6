import { KIOCGSIZE } from '../src/abi/ksyms.ts';
import { close, ioctl, open, read } from '../src/user.ts';

/**
 * What a whole read of `/dev/ksyms` returns: an ELF file of the modules that are loaded now.
 *
 * @throws EBUSY where this process has the device open already
 */
export function snapshot(): Uint8Array {
  const fd = open('/dev/ksyms');
  try {
    const bytes = new Uint8Array(Number(ioctl(fd, KIOCGSIZE)));
    for (let got = 0; got < bytes.length; ) {
      const count = read(fd, bytes.subarray(got), got);
      if (count === 0) throw new Error('/dev/ksyms ended before its size');
      got += count;
    }
    return bytes;
  } finally {
    close(fd);
  }
}
