import fs from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/**
 * Values on a pipe. A frame is the length of what follows in 4 bytes, the lowest first, and a value as
 * `v8.serialize` writes it.
 */

const HEAD = 4;
/** Bytes of the longest frame; more is no length, but what somebody else has written to the descriptor. */
const LIMIT = 1 << 30;

// A target, or a hook of a bug detector, may put others in their place.
const { readSync, writeSync } = fs;

export function frameOf(value: unknown): Buffer {
  const body = serialize(value);
  const frame = Buffer.allocUnsafe(HEAD + body.length);
  frame.writeUInt32LE(body.length);
  body.copy(frame, HEAD);
  return frame;
}

/** Writes a value to a descriptor that blocks. */
export function writeFrame(fd: number, value: unknown): void {
  const frame = frameOf(value);
  for (let at = 0; at < frame.length; ) at += writeSync(fd, frame, at);
}

/** Waits for a value from a descriptor that blocks. @returns undefined at the end of the file */
export function readFrame(fd: number): unknown {
  const head = readWhole(fd, HEAD);
  const body = head && readWhole(fd, head.readUInt32LE());
  return body && deserialize(body);
}

function readWhole(fd: number, length: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const count = readSync(fd, bytes, at, length - at, null);
    if (count === 0) return undefined;
    at += count;
  }
  return bytes;
}

/** Frames that arrive in pieces. */
export class Frames {
  #pieces: Buffer[] = [];
  #size = 0;

  /** @throws where the bytes are no frames */
  *take(piece: Buffer): Generator<unknown> {
    this.#pieces.push(piece);
    this.#size += piece.length;
    for (let body = this.#next(); body !== undefined; body = this.#next()) yield deserialize(body);
  }

  #next(): Buffer | undefined {
    if (this.#size < HEAD) return undefined;
    if (this.#pieces[0]!.length < HEAD) this.#join();
    const end = HEAD + this.#pieces[0]!.readUInt32LE();
    if (end > LIMIT) throw new Error('these bytes are no frames');
    if (this.#size < end) return undefined;
    this.#join();
    const all = this.#pieces[0]!;
    this.#pieces = [all.subarray(end)];
    this.#size -= end;
    return all.subarray(HEAD, end);
  }

  #join(): void {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
  }
}
