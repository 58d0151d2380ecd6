import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOMParser, type Element } from '@xmldom/xmldom';
import { kcovjs, type Ran } from '../cli/kcovjs.ts';

/** Covered and total. */
export type Count = readonly [covered: number, total: number];

export interface FileNumbers {
  lines: Count;
  branches: Count;
  functions: Count;
}

/** Runs `kcovjs report` in a folder, with the formats that are named. */
export function report(args: readonly string[], formats: readonly string[], cwd: string): Ran {
  return kcovjs(
    ['report', ...args, '--disable-bug-detectors', '.*', '-o', 'out', '--format', formats.join()],
    {
      cwd,
    },
  );
}

export const read = (cwd: string, name: string): string => readFileSync(join(cwd, 'out', name), 'utf8');

export const jsonLines = <T>(text: string): T[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

/** Records of an lcov file, by the path of their file: numbers and the hits of each line. */
export function lcov(text: string): Map<string, FileNumbers & { hits: Record<string, number> }> {
  const records = text.split('end_of_record\n').filter((record) => record.trim() !== '');
  return new Map(
    records.map((record) => {
      const lines = record.split('\n');
      const value = (key: string): string =>
        lines.find((line) => line.startsWith(`${key}:`))!.slice(key.length + 1);
      const count = (hit: string, found: string): Count => [Number(value(hit)), Number(value(found))];
      const data = lines.filter((line) => line.startsWith('DA:')).map((line) => line.slice(3).split(','));
      const hits = Object.fromEntries(data.map(([line, times]) => [line!, Number(times)]));
      return [
        value('SF'),
        { lines: count('LH', 'LF'), branches: count('BRH', 'BRF'), functions: count('FNH', 'FNF'), hits },
      ];
    }),
  );
}

export const elements = (xml: string, name: string): Element[] => {
  const errors: string[] = [];
  const document = new DOMParser({ onError: (_, message) => void errors.push(message) }).parseFromString(
    xml,
    'text/xml',
  );
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return [...document.getElementsByTagName(name)];
};

export const children = (element: Element, name: string): Element[] => [
  ...element.getElementsByTagName(name),
];

/** Runs another tool. @returns what it prints; throws where it fails, with what it said */
export const tool = (name: string, args: readonly string[], cwd: string): string =>
  execFileSync(name, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
