import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RECORD_FILE, readRecord, writeRecord } from '../../../harness/report/compare/record.ts';
import { UsageError } from '../../../harness/usage.ts';
import fc from '../../fast-check.ts';
import { anyRecord, recordOfFiles } from './records.ts';

const folder = mkdtempSync(join(tmpdir(), 'kcovjs-record-'));
const path = join(folder, RECORD_FILE);

test('a record comes back as it was written, from its file and from the folder of the report', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      writeRecord(folder, record);
      expect(readRecord(folder)).toEqual(record);
      expect(readRecord(path)).toEqual(record);
    }),
    { numRuns: 50 },
  );
});

const refused = (bytes: Uint8Array): string => {
  writeFileSync(path, bytes);
  try {
    readRecord(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('it was read');
};

describe('what is no record is refused in one line that names it', () => {
  const good = recordOfFiles({ 'a.js': ['+x@a', '+y'], 'b.js': [] }, ['a']);
  const changed = (edit: (record: typeof good) => void): Uint8Array => {
    const record = structuredClone(good);
    edit(record);
    return gzipSync(JSON.stringify(record));
  };
  test.each<[string, Uint8Array, string]>([
    ['no gzip', Buffer.from('{}'), 'no record that can be read'],
    ['no JSON', gzipSync('{'), 'no record that can be read'],
    ['other JSON', gzipSync('[1]'), 'expected object'],
    ['nothing of it', gzipSync('{}'), 'format: '],
    ['a later version', changed((r) => Object.assign(r, { version: 2 })), 'version: '],
    [
      'an input that is not there',
      changed((r) => r.files[0]!.lines.smallest[0]!.push(7)),
      'a.js names an input',
    ],
    ['lines in no order', changed((r) => r.files[0]!.lines.line.reverse()), 'lines of a.js are in no order'],
    ['uneven columns', changed((r) => r.files[0]!.lines.hits.pop()), 'columns are not of one length'],
    ['a line 0', changed((r) => r.files[0]!.lines.line.fill(0)), 'files.0.lines.line.0: '],
    ['a file twice', changed((r) => r.files.push(r.files[0]!)), 'a.js is there twice'],
    ['a path that is no text', changed((r) => Object.assign(r.files[0]!, { path: {} })), 'files.0.path: '],
  ])('%s', (_, bytes, message) => {
    expect(refused(bytes)).toContain(path);
    expect(refused(bytes)).toContain(message);
  });

  test('what unpacks to more than any program has', () => {
    const bomb = gzipSync(Buffer.alloc((1 << 29) + 1));
    expect(refused(bomb)).toContain('no record that can be read');
  });

  test('nothing at all', () => {
    expect(() => readRecord(join(folder, 'none'))).toThrow(
      /none: no such record; kcovjs report --format record/,
    );
  });

  test('any bytes in the place of others', () => {
    writeRecord(folder, good);
    const bytes = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= by;
        writeFileSync(path, damaged);
        try {
          // The header's time and system are of no meaning.
          expect(readRecord(folder)).toEqual(good);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
