import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A frame of a stack in a file. */
export interface StackFrame {
  /** The function's own name; empty where it has none. */
  function: string;
  /** Path that is the same on every machine. */
  path: string;
  /** Path for who reads it here and now. */
  shown: string;
  line: number;
  column: number;
}

const PLACE = /((?:file:\/\/)?\/[^()\n]*):(\d+):(\d+)\)?$/;
/** Code of `eval` stands where that was called. */
const ORIGIN = /\(eval at .*?\(((?:file:\/\/)?\/[^()\n]*):(\d+):(\d+)\)/;

/** The frames of a stack that are in files, as `describeError` has them, the innermost first. */
export function stackFrames(stack: readonly string[]): StackFrame[] {
  return stack.flatMap((text) => {
    const place = framePlace(text);
    if (place === null) return [];
    const { file, line, column } = place;
    const path = stablePath(file);
    return [{ function: functionOf(text), path, shown: shownPath(file, path), line, column }];
  });
}

/** Where a frame of a stack is: the path of its file, line and column, both from 1; null where that is no file. */
export function framePlace(text: string): { file: string; line: number; column: number } | null {
  const found = ORIGIN.exec(text) ?? PLACE.exec(text);
  if (found === null) return null;
  return { file: pathOf(found[1]!), line: Number(found[2]), column: Number(found[3]) };
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    return file;
  }
}

/** `at async new Parser.parse [as run] (…)`: the class before the name is that of the object, and may be a subclass. */
function functionOf(line: string): string {
  const name = /^at (?:async )?(?:new )?(.+?)(?: \[as .*?\])? \(/.exec(line)?.[1] ?? '';
  return name.slice(name.lastIndexOf('.') + 1).replace(/^<anonymous>$/, '');
}

const MODULES = '/node_modules/';

/** A target may replace what is exported. */
const exists = existsSync;

/** From the last `node_modules/` on, or from the folder of the nearest package.json; the name alone without either. */
function stablePath(file: string): string {
  const at = file.lastIndexOf(MODULES);
  if (at !== -1) return file.slice(at + 1);
  const root = packageOf(dirname(file));
  return relative(root ?? dirname(file), file);
}

function packageOf(folder: string): string | undefined {
  if (exists(join(folder, 'package.json'))) return folder;
  return dirname(folder) === folder ? undefined : packageOf(dirname(folder));
}

function shownPath(file: string, stable: string): string {
  const here = relative(process.cwd(), file);
  return file.includes(MODULES) || here.startsWith('..') ? stable : here;
}
