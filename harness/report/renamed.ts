import { readFileSync } from 'node:fs';
import type { CoverageMap, CoverageMapData, FileCoverageData } from 'istanbul-lib-coverage';
import coverage from 'istanbul-lib-coverage';
import { harmless } from '../harmless.ts';

/** Coverage whose files go by other names, and where their text is read. */
export interface Renamed {
  map: CoverageMap;
  sourceOf(name: string): string;
}

/** istanbul's pages have names as they are, and take two control characters of a source for tags. */
export const forPages = (map: CoverageMap): Renamed => renamed(map, pageName);

/** Names that do nothing to a terminal, and to the lines of a table. */
export const forTerminals = (map: CoverageMap): Renamed =>
  renamed(map, (path) => path.split('/').map(harmless).join('/'));

function renamed(map: CoverageMap, rename: (path: string) => string): Renamed {
  const paths = new Map<string, string>();
  const data: CoverageMapData = {};
  for (const path of map.files()) {
    const name = unused(rename(path), paths);
    paths.set(name, path);
    data[name] = { ...(map.fileCoverageFor(path).toJSON() as FileCoverageData), path: name };
  }
  return { map: coverage.createCoverageMap(data), sourceOf: (name) => sourceOf(paths.get(name)!) };
}

/** Two files stay two. */
function unused(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}~${i}`;
  return free;
}

/** What would be markup, or another place than the file of that name: `a=3Cb.js` for `a<b.js`. */
const pageName = (path: string): string =>
  path.replace(
    /[<>&"'`#?%\\\p{Cc}]/gu,
    (character) => `=${character.codePointAt(0)!.toString(16).toUpperCase().padStart(2, '0')}`,
  );

function sourceOf(path: string): string {
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    return readFileSync(path, 'utf8').replace(/[\u0001\u0002]/g, '\ufffd');
  } catch {
    return `/* ${path.replaceAll('*/', '* /')} cannot be read */`;
  }
}
