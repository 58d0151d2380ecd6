import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A frame of a stack, as far as it can be read. Lines and columns count from one. */
export interface Place {
  /** The function, or an empty string. */
  name: string;
  /** An absolute path. */
  file: string;
  line: number;
  column: number;
}

/** `at decode (/lib/decoder.js:120:9)`, `at async file:///lib/decoder.mjs:1:2`. */
const FRAME = /^at (?:async )?(?:(.*) \()?((?:file:\/\/)?\/.*?):(\d+):(\d+)\)?$/;

/** Frames that have a place in a file, the innermost first. */
export function placesOf(stack: readonly string[]): Place[] {
  return stack.flatMap((frame) => {
    const [, name = '', file, line, column] = FRAME.exec(frame.trim()) ?? [];
    if (file === undefined || Number(line) < 1) return [];
    return [{ name, file: pathOf(file), line: Number(line), column: Math.max(1, Number(column)) }];
  });
}

function pathOf(file: string): string {
  if (!file.startsWith('file://')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file.slice('file://'.length);
  }
}

/** The innermost frame of a user's own code: within the folder and in no package; else the innermost of all. */
export function ownPlace(places: readonly Place[], cwd: string): Place | undefined {
  const own = places.find(({ file }) => isWithin(file, cwd) && !file.includes('/node_modules/'));
  return own ?? places[0];
}

/** Path from a folder; undefined for what is not in it. */
export const pathFrom = (file: string, cwd: string): string | undefined =>
  isWithin(file, cwd) ? relative(cwd, file) : undefined;

function isWithin(file: string, cwd: string): boolean {
  const path = relative(cwd, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** A path as a URI: relative to the folder if it is in there. */
export function uriOf(file: string, cwd: string): { uri: string; isRelative: boolean } {
  const path = pathFrom(file, cwd);
  if (path === undefined) return { uri: pathToFileURL(file).href, isRelative: false };
  return { uri: path.split(sep).map(encodeURIComponent).join('/'), isRelative: true };
}
