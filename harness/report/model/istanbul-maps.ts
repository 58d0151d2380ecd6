import { type NodePath, parseSync, traverse, types } from '@babel/core';
import coverage, { type FileCoverageData } from 'istanbul-lib-coverage';
import { programVisitor } from 'istanbul-lib-instrument';
import { type Format, parserOptions } from '../../../src/instrument/parse.ts';

export interface MapsOptions {
  /** Of code that was made of another file. */
  inputSourceMap?: object | undefined;
  /** Names of methods that are left out. */
  ignoreClassMethods?: readonly string[] | undefined;
  /** Whether the code has types; by default the file's name says so. */
  typed?: boolean;
}

interface Found {
  fileCoverage: FileCoverageData;
}

/** Its published types are those of an older one. */
interface MapsVisitor {
  enter(path: NodePath<types.Program>): void;
  exit(path: NodePath<types.Program>): Found | undefined;
}

/** Of a program that runs, the maps would become a part, which takes as long as finding them. */
const LEAN_TYPES = { ...types, valueToNode: () => types.nullLiteral() };

/**
 * What istanbul counts in a file: its visitor finds that while it puts counters into a tree that nobody prints.
 *
 * @throws Babel's error where the file cannot be parsed
 */
export function istanbulMaps(
  code: string,
  filename: string,
  format: Format,
  { inputSourceMap, ignoreClassMethods, typed }: MapsOptions,
): FileCoverageData {
  const file = parseSync(code, parserOptions(filename, format, typed) as object)!;
  const options = { inputSourceMap, ...(ignoreClassMethods && { ignoreClassMethods }) } as never;
  const visitor = programVisitor(LEAN_TYPES as never, filename, options) as unknown as MapsVisitor;
  let found: Found | undefined;
  traverse(file, {
    Program: {
      enter: visitor.enter,
      exit(path) {
        found = visitor.exit(path);
      },
    },
  });
  // A file that asks to be ignored has no maps.
  const maps = found?.fileCoverage ?? coverage.createFileCoverage(filename).data;
  return structuredClone(maps) as FileCoverageData;
}
