import { Socket } from 'node:net';
import { codeOf, type Disk } from './disk.ts';
import type { FromWorker } from './messages.ts';

/** Bytes that wait for a slow reader before what can be left out is. */
const CROWDED = 1 << 16;
/** Milliseconds for which the reader is waited for at the end, and between two attempts. */
const PATIENCE = 2000;
const PAUSE = 5;

/** What the other end wants. */
export type Wish = 'go on' | 'stop' | 'gone';

/**
 * A worker's end of the socket to its campaign. The event loop may be blocked for good, so it is read and written by
 * calls that do not wait.
 */
export class Channel {
  readonly #disk: Disk;
  readonly #fd: number;
  readonly #identity: string;
  readonly #parent = process.ppid;
  /** Has made the descriptor one that does not wait; kept, since it would close it. */
  readonly #socket: Socket;
  readonly #byte = Buffer.alloc(64);
  #waiting: Buffer[] = [];
  #wish: Wish = 'go on';

  /** @throws where the descriptor is no socket */
  constructor(disk: Disk, fd: number) {
    this.#disk = disk;
    this.#fd = fd;
    this.#socket = new Socket({ fd, readable: false, writable: false });
    this.#socket.unref();
    this.#identity = this.#look();
  }

  /** Which open file the descriptor is: the target may have closed ours, and the number be another's. */
  #look(): string {
    const { dev, ino } = this.#disk.fstatSync(this.#fd);
    return `${dev}:${ino}`;
  }

  /** Whether more waits for a slow reader than should. */
  get isCrowded(): boolean {
    return this.#waiting.reduce((sum, { length }) => sum + length, 0) > CROWDED;
  }

  send(message: FromWorker): void {
    this.#waiting.push(Buffer.from(`${JSON.stringify(message)}\n`));
    this.#write();
  }

  /** Writes what waits, and asks what the other end wants. */
  poll(): Wish {
    this.#write();
    if (this.#wish !== 'gone' && process.ppid !== this.#parent) this.#wish = 'gone';
    if (this.#wish === 'go on') this.#wish = this.#read();
    return this.#wish;
  }

  #read(): Wish {
    try {
      const count = this.#disk.readSync(this.#fd, this.#byte, 0, this.#byte.length, null);
      return count === 0 ? 'gone' : 'stop';
    } catch (error) {
      return codeOf(error) === 'EAGAIN' ? 'go on' : 'gone';
    }
  }

  #write(): void {
    try {
      if (this.#waiting.length > 0 && this.#look() !== this.#identity) throw new Error('it is another file');
      while (this.#waiting.length > 0) {
        const [first] = this.#waiting as [Buffer];
        const done = this.#disk.writeSync(this.#fd, first);
        if (done < first.length) this.#waiting[0] = first.subarray(done);
        else this.#waiting.shift();
      }
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return;
      this.#waiting = [];
      this.#wish = 'gone';
    }
  }

  /** Waits, for a while, until all is written. */
  flush(now: () => number): void {
    const end = now() + PATIENCE;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (this.#write(); this.#waiting.length > 0 && now() < end; this.#write())
      Atomics.wait(pause, 0, 0, PAUSE);
  }
}
