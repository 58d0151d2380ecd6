import { type FunctionTable, INPUTS_PER_CHUNK, type InputTable, type PageIndex } from '../data.ts';
import { chunk } from './chunks.ts';
import { toFile, toFinding, toInput } from './routes.ts';

/** Of each kind, at most. */
const SHOWN = 8;

export interface Hit {
  text: string;
  /** Where it is. */
  note: string;
  hash: string;
}

export interface Hits {
  kind: string;
  hits: readonly Hit[];
  /** How many there are. */
  count: number;
}

interface Shelf {
  kind: string;
  lowered: readonly string[];
  hit: (at: number) => Hit;
}

/** All that is searched; made once, when the search is first opened. */
export async function shelves({ files, findings, inputs }: PageIndex): Promise<Shelf[]> {
  const functions = await chunk<FunctionTable>('functions');
  const blocks = Math.ceil((inputs.count + inputs.findings) / INPUTS_PER_CHUNK);
  const tables: InputTable[] = [];
  for (let block = 0; block < blocks; block++) {
    const table = await chunk<InputTable>(`inputs-${block}`);
    if (table) tables.push(table);
  }
  const names = tables.flatMap((table) => table.names);
  const path = (file: number | undefined): string => files[file ?? -1]?.path ?? '';
  return [
    shelf(
      'Files',
      files.map((file) => file.path),
      (at) => ({ text: path(at), note: '', hash: toFile(path(at)) }),
    ),
    shelf('Functions', functions?.names ?? [], (at) => {
      const file = path(functions!.files[at]);
      const line = functions!.lines[at]!;
      return {
        text: functions!.names[at] || '(anonymous)',
        note: `${file}:${line}`,
        hash: toFile(file, line),
      };
    }),
    shelf(
      'Findings',
      findings.map(({ title }) => title),
      (at) => ({
        text: findings[at]!.title,
        note: findings[at]!.kind,
        hash: toFinding(findings[at]!.slug),
      }),
    ),
    shelf('Inputs', names, (at) => ({ text: names[at]!, note: `#${at}`, hash: toInput(at) })),
  ];
}

const shelf = (kind: string, texts: readonly string[], hit: Shelf['hit']): Shelf => ({
  kind,
  lowered: texts.map((text) => text.toLowerCase()),
  hit,
});

/** What has every word in it: first what is called so, then what begins so, then what has it at the start of a word. */
export function search(all: readonly Shelf[], text: string): Hits[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return all
    .map(({ kind, lowered, hit }) => {
      const [best, count] = find(lowered, words);
      return { kind, count, hits: best.map(hit) };
    })
    .filter(({ count }) => count > 0);
}

function find(lowered: readonly string[], words: readonly string[]): [number[], number] {
  const ranks: number[][] = [[], [], [], []];
  let count = 0;
  for (let at = 0; at < lowered.length; at++) {
    const text = lowered[at]!;
    const place = text.indexOf(words[0]!);
    if (place < 0 || !words.every((word) => text.includes(word))) continue;
    count++;
    const rank = ranks[rankOf(text, words[0]!, place)]!;
    if (rank.length < SHOWN) rank.push(at);
  }
  return [ranks.flat().slice(0, SHOWN), count];
}

function rankOf(text: string, word: string, place: number): number {
  const name = text.lastIndexOf('/') + 1;
  if (text.length - name === word.length && text.endsWith(word)) return 0;
  if (text.startsWith(word, name)) return 1;
  return place === 0 || /\W/.test(text[place - 1]!) ? 2 : 3;
}
