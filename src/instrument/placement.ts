import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { KERNEL_TEXT_SIZE, MODULE_ALIGN, TEXT_SIZE } from '../abi/text.ts';

/**
 * Where a module's text lies. The base is a hash of the module's name within its package and of its source, so
 * the same source gets the same PCs in every process and on every machine, in whatever order files load; and an
 * edited one gets new PCs, so that old coverage is never read as coverage of the new text.
 *
 * Two modules of one process can overlap by chance: with n files of 2 KiB of text about n²/2 in a million.
 * The linker says so when it happens.
 *
 * @param size bytes of text
 * @returns bytes from KERNBASE, a multiple of MODULE_ALIGN
 */
export function placeModule(filename: string, source: string, size: number): number {
  const hash = createHash('sha256').update(moduleIdentity(filename)).update('\0').update(source).digest();
  const length = Math.ceil(size / MODULE_ALIGN) * MODULE_ALIGN;
  const places = (TEXT_SIZE - KERNEL_TEXT_SIZE - length) / MODULE_ALIGN + 1;
  if (places < 1)
    throw new RangeError(`${filename}: ${size} bytes of text do not fit into the address space`);
  return KERNEL_TEXT_SIZE + (hash.readUIntBE(0, 6) % Math.floor(places)) * MODULE_ALIGN;
}

/**
 * Name of a file's counters. What was counted in an older text is not taken for the newer one's.
 *
 * @param source text of the file, as it is compiled
 */
export const countersKey = (filename: string, source: string): string =>
  `${createHash('sha256').update(source).digest('hex').slice(0, 16)}:${filename}`;

/** `name/path/within/package.js`, which does not depend on where a package lies on a disk. */
export function moduleIdentity(filename: string): string {
  for (let folder = dirname(filename); ; folder = dirname(folder)) {
    const name = packageName(join(folder, 'package.json'));
    if (name !== null) return `${name}/${relative(folder, filename).split(sep).join('/')}`;
    if (folder === dirname(folder)) return basename(filename);
  }
}

function packageName(manifest: string): string | null {
  if (!existsSync(manifest)) return null;
  try {
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown };
    // Folders such as dist/esm have a package.json that only says how to load what is in them.
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}
