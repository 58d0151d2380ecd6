import type { Disk } from './disk.ts';

/** Bytes of the length that stands before the input. */
const HEADER = 4;

/** The current input in a file, since nothing else outlives some deaths of a process. */
export class Journal {
  readonly #disk: Disk;
  readonly #fd: number;
  #bytes = Buffer.alloc(1 << 16);

  /** @throws if it cannot be written */
  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#fd = disk.openSync(path, 'w');
  }

  write(input: Uint8Array): void {
    const length = HEADER + input.length;
    if (this.#bytes.length < length) this.#bytes = Buffer.alloc(2 * length);
    this.#bytes.writeUInt32LE(input.length);
    this.#bytes.set(input, HEADER);
    this.#disk.writeSync(this.#fd, this.#bytes, 0, length, 0);
  }
}

/** The input of a journal; null where there is none, or not a whole one. */
export function journalled(bytes: Buffer): Buffer | null {
  if (bytes.length < HEADER) return null;
  const end = HEADER + bytes.readUInt32LE();
  return bytes.length < end ? null : bytes.subarray(HEADER, end);
}
