import { createRequire } from 'node:module';

const { fromBuffer } = createRequire(import.meta.url)('file-type') as {
  fromBuffer(data: Uint8Array): Promise<unknown>;
};

/** file-type 16.5.3 never ends on some files: Matroska (CVE-2022-36313), and ASF (CVE-2026-31808). */
export const advisory = 'CVE-2022-36313';
export const folder = 'node_modules/file-type/';
export const hangs = true;
export const seeds = [
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  Buffer.from('1a45dfa3a34286810142f7810142f2810442f381084282847765626d42878104', 'hex'),
];
export const trigger = Buffer.concat([Buffer.from('3026b2758e66cf11a6d9', 'hex'), Buffer.alloc(45)]);
export const async = true;

export async function fuzz(data: Buffer): Promise<void> {
  try {
    await fromBuffer(data);
  } catch {
    // Refused; it is whether it ends that is asked.
  }
}
