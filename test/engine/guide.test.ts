import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { maxLength } from '../../harness/engine/guide.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-guide-'));
const write = (path: string, length: number): void => writeFileSync(path, 'x'.repeat(length));

describe('the longest input that libFuzzer makes', () => {
  test('is what the flag says, whatever the corpus has', () => {
    const corpus = folder();
    write(join(corpus, 'long'), 9000);
    expect(maxLength(['-max_len=100'], [corpus])).toBe(100);
  });

  test('is as long as the longest file below the corpus folders, and no shorter than 4096 bytes', () => {
    const corpus = folder();
    expect(maxLength([], [corpus])).toBe(4096);
    mkdirSync(join(corpus, 'below/further'), { recursive: true });
    write(join(corpus, 'below/further/long'), 9000);
    expect(maxLength(['-max_len=0'], [folder(), corpus])).toBe(9000);
    expect(maxLength([], [join(corpus, 'below/further/long')])).toBe(9000);
  });

  test('is a mebibyte at most', () => {
    const corpus = folder();
    write(join(corpus, 'huge'), (1 << 20) + 1);
    expect(maxLength([], [corpus])).toBe(1 << 20);
  });

  test('is found where links lead nowhere, or back to where they lie; linked files count', () => {
    const corpus = folder();
    const elsewhere = join(folder(), 'long');
    write(elsewhere, 8000);
    symlinkSync(elsewhere, join(corpus, 'linked'));
    symlinkSync('.', join(corpus, 'loop'));
    symlinkSync('nowhere', join(corpus, 'broken'));
    expect(maxLength([], [corpus, join(corpus, 'none')])).toBe(8000);
  });
});
