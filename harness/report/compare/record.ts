import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { statOf } from '../../inputs.ts';
import { writeOutput } from '../../outputs.ts';
import { UsageError } from '../../usage.ts';

/** Its name in the folder of a report. */
export const RECORD_FILE = 'record.json.gz';

/** Megabytes in memory, unpacked: some hundred times what a large program has. */
const LARGEST = 1 << 29;
const WRITE_AGAIN = 'write it again with kcovjs report --format record';

const counts = z.array(z.int().nonnegative());
const positions = z.array(z.int().positive());
const indices = z.array(counts);
const count = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);

/** Columns, one entry a row, are of one length. */
const sameLength = (columns: Record<string, readonly unknown[]>): boolean => {
  const [first, ...others] = Object.values(columns);
  return others.every(({ length }) => length === first!.length);
};
const UNEVEN = 'its columns are not of one length';

const SCHEMA = z.object({
  format: z.literal('kcovjs record'),
  version: z.literal(1),
  target: z.string(),
  /** ISO 8601, in UTC. */
  made: z.iso.datetime(),
  totals: z.object({ statements: count, branches: count, functions: count, lines: count, pcs: count }),
  /** Of the corpus, the smallest first. `ids` tell by their data whether two are the same. */
  inputs: z
    .object({ names: z.array(z.string()), sizes: counts, ids: z.array(z.string()) })
    .refine(sameLength, UNEVEN),
  files: z.array(
    z.object({
      /** Below the root of the report, with slashes. */
      path: z.string(),
      text: z.string().nullable(),
      /** Lines that have code, in rising order; `smallest` are the smallest inputs that reach them, by their index. */
      lines: z.object({ line: positions, hits: counts, smallest: indices }).refine(sameLength, UNEVEN),
      functions: z
        .object({ name: z.array(z.string()), line: positions, calls: counts, smallest: indices })
        .refine(sameLength, UNEVEN),
      /** Each arm; `column` and `line` are those of the branch. */
      branches: z
        .object({ type: z.array(z.string()), line: positions, column: positions, arm: counts, hits: counts })
        .refine(sameLength, UNEVEN),
    }),
  ),
});

/** What a corpus reached at one revision of the code: what comparing needs, and no more. */
export type CoverageRecord = z.infer<typeof SCHEMA>;
export type RecordedFile = CoverageRecord['files'][number];

const encodeRecord = (record: CoverageRecord): Uint8Array => gzipSync(JSON.stringify(record));

/** Writes a record into the folder of a report. @throws {UsageError} where it cannot be written */
export const writeRecord = (folder: string, record: CoverageRecord): void =>
  writeOutput(join(folder, RECORD_FILE), encodeRecord(record), 'name another folder with -o');

/**
 * Reads a record, or that of a report's folder. Believes nothing.
 *
 * @throws {UsageError} in one line that names the file and what is wrong in it
 */
export function readRecord(path: string): CoverageRecord {
  const file = statOf(path)?.isDirectory() ? join(path, RECORD_FILE) : path;
  const parsed = SCHEMA.safeParse(parse(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(`${file}: ${issue!.path.join('.') || 'it'}: ${issue!.message}; ${WRITE_AGAIN}`);
  }
  const wrong = contradiction(parsed.data);
  if (wrong !== null) throw new UsageError(`${file}: ${wrong}; ${WRITE_AGAIN}`);
  return parsed.data;
}

function parse(file: string): unknown {
  let bytes: Buffer;
  try {
    if (statSync(file).size > LARGEST) throw new UsageError(`${file}: too large for a record`);
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UsageError(`${file}: no such record; kcovjs report --format record writes one`);
    throw new UsageError(`${file}: cannot be read: ${code}`);
  }
  try {
    return JSON.parse(gunzipSync(bytes, { maxOutputLength: LARGEST }).toString());
  } catch {
    throw new UsageError(`${file}: no record that can be read; ${WRITE_AGAIN}`);
  }
}

/** What no schema tells. */
function contradiction({ inputs, files }: CoverageRecord): string | null {
  const paths = new Set<string>();
  for (const { path, lines, functions } of files) {
    if (paths.has(path)) return `${path} is there twice`;
    paths.add(path);
    if (lines.line.some((line, i) => i > 0 && line <= lines.line[i - 1]!))
      return `lines of ${path} are in no order`;
    for (const { smallest } of [lines, functions])
      if (smallest.some((list) => list.some((input) => input >= inputs.names.length)))
        return `${path} names an input that is not there`;
  }
  return null;
}
