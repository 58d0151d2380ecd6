import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchPackage } from './packages.ts';
import { Random } from './random.ts';

/** Bytes of the documents that a replayed corpus has: mostly short ones, as a fuzzer's corpus has them. */
const SIZES = [16, 32, 64, 64, 128, 128, 256, 256, 512, 1024, 2048, 4096];
/** Each document as it is, and broken: a fuzzer's inputs are refused for the most part. */
const BROKEN = 3;

/** @returns the number of files */
export function writeCorpus(folder: string, subject: BenchPackage): number {
  const random = new Random(4711);
  const files = new Map<string, Buffer>();
  const add = (data: Buffer): void => {
    files.set(createHash('sha1').update(data).digest('hex'), data);
  };
  for (const [i, size] of SIZES.entries()) {
    const document = subject.document(size, new Random(1000 + i));
    add(document);
    for (let n = 0; n < BROKEN; n++) add(mutate(document, random));
  }
  return write(folder, files);
}

/** What a fuzzer starts from: a few short documents. */
export function writeSeeds(folder: string, subject: BenchPackage): number {
  const seeds = [40, 120, 400].map((size, i) => subject.document(size, new Random(i + 1)));
  return write(folder, new Map(seeds.map((data, i) => [`seed-${i}`, data])));
}

function write(folder: string, files: ReadonlyMap<string, Buffer>): number {
  mkdirSync(folder, { recursive: true });
  for (const [name, data] of files) writeFileSync(join(folder, name), data);
  return files.size;
}

/** One of the things that mutators do: other bytes, a piece gone, a piece twice, an end. */
export function mutate(document: Buffer, random: Random): Buffer {
  const at = random.below(document.length);
  const length = 1 + random.below(Math.max(1, Math.min(16, document.length - at)));
  switch (random.below(4)) {
    case 0: {
      const copy = Buffer.from(document);
      for (let i = at; i < at + length && i < copy.length; i++) copy[i] = random.below(256);
      return copy;
    }
    case 1:
      return Buffer.concat([document.subarray(0, at), document.subarray(at + length)]);
    case 2:
      return Buffer.concat([document.subarray(0, at + length), document.subarray(at)]);
    default:
      return Buffer.from(document.subarray(0, at));
  }
}
