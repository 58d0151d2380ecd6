import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';

/** What makes an archive, or one entry of it, unreadable. */
export class ZipError extends Error {}

/** One file in an archive. Its name is only a name: nothing is ever written there. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes that it claims to have. */
  readonly size: number;
  readonly packed: number;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  /** Where its local header lies. */
  readonly offset: number;
}

const STORED = 0;
const DEFLATED = 8;

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const [LOCAL_BYTES, CENTRAL_BYTES, END_BYTES, END64_BYTES, LOCATOR64_BYTES] = [30, 46, 22, 56, 20];
const MAX_COMMENT = 0xffff;
/** Stands where a number is too large for its field; the real one is in the entry's extra fields. */
const FULL = 0xffffffff;
const EXTRA64 = 1;

/**
 * The files in an archive, by its central directory, with zip64. Only the directory is read.
 *
 * @throws {ZipError}
 */
export function zipEntries(path: string): ZipEntry[] {
  return withFile(path, (file) => {
    const { directory, end } = findDirectory(file);
    const entries = [...parseDirectory(directory)].filter(({ name }) => !name.endsWith('/'));
    // Entries that share their bytes are how a small archive becomes endless.
    if (entries.reduce((sum, { packed }) => sum + packed, 0) > end) throw new ZipError('its entries overlap');
    return entries;
  });
}

/**
 * The contents of an entry.
 *
 * @param limit bytes beyond which it is not unpacked
 * @throws {ZipError}
 */
export function readEntry(path: string, entry: ZipEntry, limit: number): Buffer {
  if (entry.encrypted) throw new ZipError('is encrypted');
  if (entry.size > limit) throw new ZipError(`has ${entry.size} bytes, more than ${limit}`);
  const data = unpack(packedBytes(path, entry), entry);
  if (data.length !== entry.size || crc32(data) !== entry.crc) throw new ZipError('is damaged');
  return data;
}

function packedBytes(path: string, { offset, packed }: ZipEntry): Buffer {
  return withFile(path, (file) => {
    const header = file.read(offset, LOCAL_BYTES);
    if (header.readUInt32LE(0) !== LOCAL) throw new ZipError('is damaged');
    // Its extra fields may be longer or shorter than those in the directory.
    return file.read(offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28), packed);
  });
}

function unpack(packed: Buffer, { method, size }: ZipEntry): Buffer {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new ZipError(`is packed by method ${method}, which is not known here`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  } catch {
    throw new ZipError('is damaged');
  }
}

interface File {
  readonly size: number;
  /** @throws {ZipError} where there are fewer bytes */
  read(offset: number, length: number): Buffer;
}

function withFile<T>(path: string, use: (file: File) => T): T {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const read = (offset: number, length: number): Buffer => {
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw new ZipError('is cut off');
      const bytes = Buffer.alloc(length);
      if (readSync(fd, bytes, 0, length, offset) !== length) throw new ZipError('is cut off');
      return bytes;
    };
    return use({ size, read });
  } finally {
    closeSync(fd);
  }
}

function findDirectory(file: File): { directory: Buffer; end: number } {
  const length = Math.min(file.size, END_BYTES + MAX_COMMENT + LOCATOR64_BYTES);
  const tail = file.read(file.size - length, length);
  const at = endRecord(tail);
  if (at === -1) throw new ZipError('is no zip file, or is cut off');
  const locator = at - LOCATOR64_BYTES;
  const [size, offset] =
    locator >= 0 && tail.readUInt32LE(locator) === LOCATOR64
      ? directory64(file, safe(tail.readBigUInt64LE(locator + 8)))
      : [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  return { directory: file.read(offset, size), end: offset };
}

/** The last record whose comment goes up to the end, since a comment may hold anything. */
function endRecord(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    if (tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)
      return at;
  return -1;
}

function directory64(file: File, at: number): [size: number, offset: number] {
  const end = file.read(at, END64_BYTES);
  if (end.readUInt32LE(0) !== END64) throw new ZipError('is damaged');
  return [safe(end.readBigUInt64LE(40)), safe(end.readBigUInt64LE(48))];
}

function* parseDirectory(bytes: Buffer): Generator<ZipEntry> {
  for (let at = 0; at < bytes.length; ) {
    if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL)
      throw new ZipError('is damaged');
    const name = at + CENTRAL_BYTES;
    const extra = name + bytes.readUInt16LE(at + 28);
    const comment = extra + bytes.readUInt16LE(at + 30);
    const next = comment + bytes.readUInt16LE(at + 32);
    if (next > bytes.length) throw new ZipError('is damaged');
    const large = largeNumbers(bytes.subarray(extra, comment));
    // In this order they stand in the extra field, those that are too large.
    const [size, packed, offset] = [24, 20, 42].map((field) => {
      const value = bytes.readUInt32LE(at + field);
      return value === FULL ? large() : value;
    });
    yield {
      name: bytes.toString('utf8', name, extra),
      size: size!,
      packed: packed!,
      offset: offset!,
      method: bytes.readUInt16LE(at + 10),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) !== 0,
      crc: bytes.readUInt32LE(at + 16),
    };
    at = next;
  }
}

/** Reads the numbers of zip64's extra field, one a call. */
function largeNumbers(extra: Buffer): () => number {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== EXTRA64) at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return () => {
    if (at + 8 > extra.length) throw new ZipError('is damaged');
    at += 8;
    return safe(extra.readBigUInt64LE(at - 8));
  };
}

/** Numbers beyond 2^53 are no sizes of anything that there is. */
function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ZipError('is damaged');
  return Number(value);
}
