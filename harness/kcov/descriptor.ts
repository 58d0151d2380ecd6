import {
  KCOV_ENTRY_SIZE,
  KCOV_IOC_DISABLE,
  KCOV_IOC_ENABLE,
  KCOV_IOC_REMOTE_ATTACH,
  KCOV_IOC_SETBUFSIZE,
  KCOV_UNIQUE_ENABLE,
  type Section,
} from '../../src/abi/kcov.ts';
import { MAP_SHARED, PROT_READ, PROT_WRITE } from '../../src/abi/mman.ts';
import { close, ioctl, mmap, open } from '../../src/user.ts';

/** An open kcov descriptor with its buffer mapped: an LWP's own, or the end of a remote section. */
export class Descriptor {
  /** The buffer in 32-bit words, low half first. */
  readonly words: Int32Array;
  /** Entries that a trace can fill: all but the count. */
  readonly limit: number;
  readonly #fd: number;

  /**
   * @param entries size of the buffer
   * @param section to attach to
   * @throws what open(2), ioctl(2) and mmap(2) of `/dev/kcov` throw
   */
  constructor(entries: number, section?: Section) {
    this.limit = entries - 1;
    this.#fd = open('/dev/kcov');
    try {
      if (section !== undefined) ioctl(this.#fd, KCOV_IOC_REMOTE_ATTACH, section);
      ioctl(this.#fd, KCOV_IOC_SETBUFSIZE, entries);
      const area = mmap(entries * KCOV_ENTRY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, this.#fd, 0);
      this.words = new Int32Array(area.buffer, area.byteOffset, 2 * entries);
    } catch (error) {
      close(this.#fd);
      throw error;
    }
  }

  /** Records that were traced. Pairs with the release at the end of a section: all of them can be read. */
  get count(): number {
    return Atomics.load(this.words, 0);
  }

  reset(): void {
    Atomics.store(this.words, 0, 0);
  }

  enable(mode: number): void {
    ioctl(this.#fd, KCOV_IOC_ENABLE, mode);
  }

  /** Traces each PC once. Not for remote sections. */
  enableUnique(): void {
    ioctl(this.#fd, KCOV_UNIQUE_ENABLE);
  }

  disable(): void {
    ioctl(this.#fd, KCOV_IOC_DISABLE);
  }

  close(): void {
    close(this.#fd);
  }
}
