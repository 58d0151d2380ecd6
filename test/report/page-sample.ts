import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Chunk } from '../../harness/report/html.ts';
import {
  type Call,
  type Count,
  DETAILS_PER_CHUNK,
  type DetailChunk,
  type Door,
  type FileDetail,
  type FileSummary,
  type FunctionDetail,
  type FunctionTable,
  INPUTS_PER_CHUNK,
  type InputDetail,
  type InputTable,
  type LineDetail,
  type Mark,
  type PageIndex,
  type Step,
  type Totals,
} from '../../harness/report/page/data.ts';

const MODULES = resolve(import.meta.dirname, '../../node_modules');
const FOLDERS = [
  'jpeg-js/lib',
  'qs/lib',
  'smol-toml/dist',
  'minimist',
  'acorn/dist',
  'xml2js/lib',
  'papaparse',
];

export interface Sample {
  index: PageIndex;
  chunks: Chunk[];
}

/** Sizes of a report; sources are those of packages, again and again. */
export interface Sizes {
  files: number;
  inputs: number;
  detailed: number;
}

/** A report as it could be, always the same. Its numbers are made up; its sources are real. */
export function sample(
  { files, inputs, detailed }: Sizes = { files: 60, inputs: 240, detailed: 160 },
): Sample {
  const random = generator(7);
  const sources = readSources();
  const made = sources.map(({ text }) => fileDetail(text, detailed, random));
  const details = Array.from({ length: files }, (_, at) => {
    const source = at % sources.length;
    const round = Math.floor(at / sources.length);
    const { path } = sources[source]!;
    return { path: round ? `packages/copy-${round}/${path}` : path, detail: made[source]! };
  });
  const summaries = details.map(({ path, detail }) => summary(path, detail));
  const frontier = details.flatMap(({ detail }, file) => doorsOf(detail, file, detailed, random));
  frontier.sort((a, b) => b.visits - a.visits);
  const numbers = Array.from({ length: detailed }, (_, at) => at);
  const index: PageIndex = {
    version: 1,
    target: 'fuzz/parsers.fuzz.ts',
    made: '2026-11-21T18:56:00.000Z',
    generator: 'kcovjs 0.1.0',
    command: 'kcovjs report fuzz/parsers.fuzz.ts corpus -o report --format html',
    root: '/home/dev/parsers',
    totals: total(summaries),
    files: summaries,
    frontier: frontier.slice(0, 300),
    doors: frontier.length,
    findings: findings(inputs),
    history: history(),
    inputs: { count: inputs, findings: 2, failed: Math.floor(inputs / 17), bytes: inputs * 412 },
    detailed: [...numbers, inputs, inputs + 1],
    notes: ['qs/lib/formats.js has changed since it was loaded; it is not in the report'],
  };
  return {
    index,
    chunks: [
      ...details.map(({ detail }, at) => ({ name: `file-${at}`, content: detail })),
      { name: 'functions', content: functionTable(details.map(({ detail }) => detail)) },
      ...inputChunks(inputs + 2, random),
      ...detailChunks(index.detailed, random),
    ],
  };
}

/** Numbers from 0 to 1, always the same ones. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function readSources(): { path: string; text: string }[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(MODULES, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?<!\.min)\.js$/.test(name) && !/node_modules|test|example|dist.*\.umd/.test(name))
      .sort()
      .map((name) => ({
        path: `${folder}/${name}`,
        text: readFileSync(join(MODULES, folder, name), 'utf8'),
      })),
  );
}

function fileDetail(text: string, detailed: number, random: () => number): FileDetail {
  const rows = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const functions = functionsOf(rows, detailed, random);
  const lines: LineDetail[] = [];
  const marks: Mark[] = [];
  for (const [at, row] of rows.entries()) {
    if (!/[\w)]/.test(row) || /^\s*(\/\/|\*|\/\*)/.test(row)) continue;
    const line = at + 1;
    const never = functions.some(({ calls, range }) => !calls && range[0] < line && line <= range[2]);
    const state = never ? 3 : random() < 0.78 ? 2 : /\bif\b|\?|&&|\|\|/.test(row) ? 1 : 0;
    const hits = state === 0 || state === 3 ? 0 : Math.floor(10 ** (random() * 5));
    const inputs = hits ? 1 + Math.floor(random() * 400) : 0;
    lines.push([line, state, hits, inputs, hits ? someInputs(detailed, random) : []]);
    const column = row.search(/\S/) + 1;
    if (state === 1)
      marks.push({
        range: [line, column, line, row.length + 1],
        kind: random() < 0.7 ? 'branch' : 'statement',
        title: `else: never taken, ${hits} times here`,
      });
  }
  return { text, lines, functions, marks };
}

const someInputs = (detailed: number, random: () => number): number[] =>
  [...new Set(Array.from({ length: 5 }, () => Math.floor(random() * detailed)))].sort((a, b) => a - b);

function functionsOf(rows: readonly string[], detailed: number, random: () => number): FunctionDetail[] {
  const found: FunctionDetail[] = [];
  for (const [at, row] of rows.entries()) {
    const name = /function\s+(\w+)|^\s*(\w+)\([^)]*\)\s*\{$|(\w+)\s*=\s*(?:function|\([^)]*\)\s*=>)/.exec(
      row,
    );
    if (!name) continue;
    const indent = row.search(/\S/);
    const end = rows.findIndex(
      (other, below) => below > at && other.search(/\S/) === indent && /^\s*\}/.test(other),
    );
    const calls = random() < 0.75 ? Math.floor(10 ** (random() * 5)) : 0;
    const count = (most: number): Count => {
      const all = Math.floor(random() * most);
      return [calls ? Math.floor(all * (0.4 + random() * 0.6)) : 0, all];
    };
    found.push({
      name: name[1] ?? name[2] ?? name[3] ?? '',
      range: [at + 1, indent + 1, (end < 0 ? at : end) + 1, 2],
      calls,
      statements: count(30),
      branches: count(12),
      pcs: count(80),
      inputs: calls ? 20 : 0,
      smallest: calls ? someInputs(detailed, random) : [],
    });
  }
  return found;
}

function summary(path: string, detail: FileDetail): FileSummary {
  const sum = (counts: readonly Count[]): Count => [
    counts.reduce((all, [covered]) => all + covered, 0),
    counts.reduce((all, [, of]) => all + of, 0),
  ];
  return {
    path,
    lines: [detail.lines.filter(([, state]) => state === 1 || state === 2).length, detail.lines.length],
    functions: [detail.functions.filter(({ calls }) => calls).length, detail.functions.length],
    statements: sum(detail.functions.map(({ statements }) => statements)),
    branches: sum(detail.functions.map(({ branches }) => branches)),
    pcs: sum(detail.functions.map(({ pcs }) => pcs)),
  };
}

function total(files: readonly FileSummary[]): Totals {
  const sum = (kind: keyof Totals): Count => [
    files.reduce((all, file) => all + file[kind][0], 0),
    files.reduce((all, file) => all + file[kind][1], 0),
  ];
  return {
    statements: sum('statements'),
    branches: sum('branches'),
    functions: sum('functions'),
    lines: sum('lines'),
    pcs: sum('pcs'),
  };
}

const COMPARES = [
  { left: ['text', '"GEX "', false], right: ['text', '"GET "', true] },
  { left: ['number', '65496', false], right: ['number', '65498', true] },
  { left: ['bytes', '7f 45 4c 41', false], right: ['bytes', '7f 45 4c 46', true] },
  { left: ['text', '"content-lengt"', false], right: ['text', '"content-length"', true] },
  { left: ['number', '12', false], right: ['number', '4096', false] },
] as const;

function doorsOf(detail: FileDetail, file: number, detailed: number, random: () => number): Door[] {
  const kinds = ['then', 'else', 'case', 'loop', 'operand', 'default', 'catch', 'rest'] as const;
  const rows = detail.text!.split('\n');
  return detail.marks
    .filter(({ kind }) => kind === 'branch')
    .map(({ range }) => {
      const [line, column] = range;
      const { left, right } = COMPARES[Math.floor(random() * COMPARES.length)]!;
      const compare = {
        place: [line, column] as const,
        left: { type: left[0], value: left[1], constant: left[2] },
        right: { type: right[0], value: right[1], constant: right[2] },
        input: Math.floor(random() * detailed),
      };
      return {
        file,
        range,
        kind: kinds[Math.floor(random() * kinds.length)]!,
        place: [line, column] as const,
        code: rows[line - 1]!.trim().slice(0, 90),
        function: detail.functions.findLast((one) => one.range[0] <= line)?.name ?? '',
        visits: Math.floor(10 ** (random() * 6)),
        inputs: 1 + Math.floor(random() * 300),
        smallest: someInputs(detailed, random),
        behind: Math.floor(random() * 200),
        compares: random() < 0.8 ? [compare] : [],
      };
    });
}

function findings(inputs: number): PageIndex['findings'] {
  const seen = { firstSeen: '2026-11-20T08:12:00.000Z', lastSeen: '2026-11-21T17:40:00.000Z' };
  return [
    {
      slug: 'uncaught-typeerror-1',
      title: "TypeError: Cannot read properties of undefined (reading 'length') in parseScan",
      kind: 'exception',
      count: 41,
      reproduced: 10,
      ...seen,
      message: "TypeError: Cannot read properties of undefined (reading 'length')",
      stack: [
        { text: 'at decodeScan (jpeg-js/lib/decoder.js:118:22)', file: 0, line: 118 },
        { text: 'at JpegImage.parse (jpeg-js/lib/decoder.js:655:24)', file: 0, line: 655 },
        { text: 'at node:internal/process/task_queues:95:5' },
      ],
      decoded: ['consumeBoolean() → true', 'consumeRemainingAsBytes() → 212 bytes'],
      command: 'kcovjs replay fuzz/parsers.fuzz.ts corpus/findings/uncaught-typeerror-1/input',
      input: inputs,
    },
    {
      slug: 'timeout-2',
      title: 'timeout in parseKeys (qs/lib/parse.js:201)',
      kind: 'timeout',
      count: 3,
      reproduced: 9,
      ...seen,
      stack: [{ text: 'at parseKeys (qs/lib/parse.js:201:9)', file: 1, line: 20 }],
      command: 'kcovjs replay fuzz/parsers.fuzz.ts corpus/findings/timeout-2/input',
    },
  ];
}

function history(): PageIndex['history'] {
  const run = (start: string, most: number, hours: number) => ({
    start,
    points: Array.from({ length: 80 }, (_, at) => ({
      seconds: Math.round((at / 79) ** 2 * hours * 3600),
      covered: Math.round(most * (1 - 0.7 * Math.exp(-at / 14))),
      inputs: 12 + at * 3,
      executions: at * 52_013,
    })),
  });
  return [run('2026-11-19T20:00:00.000Z', 5200, 7), run('2026-11-20T20:00:00.000Z', 6100, 11.5)];
}

function functionTable(details: readonly FileDetail[]): FunctionTable {
  const all = details.flatMap(({ functions }, file) => functions.map((one) => ({ ...one, file })));
  return {
    names: all.map(({ name }) => name),
    files: all.map(({ file }) => file),
    lines: all.map(({ range }) => range[0]),
    calls: all.map(({ calls }) => calls),
    pcs: all.map(({ pcs }) => pcs),
  };
}

const inputName = (input: number): string =>
  Array.from({ length: 5 }, (_, at) => Math.imul(input + 1, 0x9e3779b1 + at * 7919) >>> 0)
    .map((part) => part.toString(16).padStart(8, '0'))
    .join('');

function inputChunks(count: number, random: () => number): Chunk[] {
  return Array.from({ length: Math.ceil(count / INPUTS_PER_CHUNK) }, (_, block) => {
    const first = block * INPUTS_PER_CHUNK;
    const inputs = Array.from({ length: Math.min(INPUTS_PER_CHUNK, count - first) }, (_, at) => first + at);
    const content: InputTable = {
      names: inputs.map(inputName),
      sizes: inputs.map((input) => 3 + Math.floor(input * 1.7)),
      milliseconds: inputs.map(() => Math.round(random() * 500) / 100),
      pcs: inputs.map(() => Math.floor(random() * 3000)),
      first: inputs.map(() => Math.floor(random() ** 6 * 90)),
      faults: Object.fromEntries(
        inputs
          .filter((input) => input % 17 === 3)
          .map((input) => [input, `SyntaxError: Unexpected token at ${input}`]),
      ),
    };
    return { name: `inputs-${block}`, content };
  });
}

function detailChunks(inputs: readonly number[], random: () => number): Chunk[] {
  return Array.from({ length: Math.ceil(inputs.length / DETAILS_PER_CHUNK) }, (_, block) => ({
    name: `details-${block}`,
    content: detailChunk(inputs.slice(block * DETAILS_PER_CHUNK, (block + 1) * DETAILS_PER_CHUNK), random),
  }));
}

const NAMES = [
  'fuzz',
  'parse',
  'readHeader',
  'readUint16',
  'decodeScan',
  'decodeHuffman',
  'receiveAndExtend',
  'buildComponentData',
];

function detailChunk(inputs: readonly number[], random: () => number): DetailChunk {
  const functions = NAMES.map((name, at) => ({ name, ...(at ? { file: 0 } : {}), line: 10 + at * 31 }));
  const calls: Call[] = [];
  for (let at = 0; at < 40; at++) {
    const fn = NAMES.length - 1 - Math.floor(at / 6);
    const steps: Step[] = Array.from({ length: 6 }, (_, step) => fn * 31 + step);
    if (at > 5)
      steps.splice(
        3,
        0,
        { call: Math.floor(random() * at) },
        { times: 8 + at, steps: [{ call: at - 6 }, fn * 31 + 9] },
        { times: 3, steps: [{ call: at - 5 }] },
      );
    calls.push({ fn: Math.max(0, fn), steps });
  }
  return { functions, calls, inputs: Object.fromEntries(inputs.map((input) => [input, inputDetail(input)])) };
}

function inputDetail(input: number): InputDetail {
  const data = Buffer.from(
    `GET /${input} HTTP/1.1\r\nHost: example.org\r\n\r\n\x00\xff${'ab'.repeat(input % 40)}`,
    'latin1',
  );
  return {
    path: `corpus/${inputName(input)}`,
    data: data.toString('base64'),
    size: data.length,
    decoded: ['consumeBoolean() → true', `consumeString(8) → "GET /${input}"`],
    command: `kcovjs replay fuzz/parsers.fuzz.ts corpus/${inputName(input)}`,
    sections: [
      { pcs: 1204, steps: [3, 4, { call: 39 }, 5, { call: 12 }], cut: 'the rest of 180000 PCs is left out' },
      { remote: { subsystem: '0x1', id: '0x2a' }, pcs: 88, steps: [{ call: 20 }] },
    ],
  };
}
