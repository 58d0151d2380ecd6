import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Chunk } from '../../harness/report/html.ts';
import { writeHtml } from './browser.ts';
import { sample } from './page-sample.ts';

const { index } = sample({ files: 2, inputs: 3, detailed: 3 });
const folder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-html-'));

/** What a data block holds. */
function unpacked(html: string, name: string): unknown {
  const block = new RegExp(
    `<script type="application/octet-stream" id="chunk-${name}">([^<]*)</script>`,
  ).exec(html);
  return JSON.parse(inflateRawSync(Buffer.from(block![1]!, 'base64')).toString());
}

test('data come through as they are', () => {
  const path = join(folder(), 'index.html');
  const content = {
    texts: ['\ud800', '\udc00x', '\0', '\u2028', '</script><!--', '\ufeff', '😀'],
    ['__proto__x']: 1,
  };
  const { bytes } = writeHtml(path, index, [{ name: 'functions', content }]);
  const written = readFileSync(path);
  expect(written.length).toBe(bytes);
  expect(unpacked(written.toString(), 'functions')).toEqual(content);
  expect(unpacked(written.toString(), 'index')).toEqual(index);
});

test('a page is written whole or not at all', () => {
  const place = folder();
  const path = join(place, 'index.html');
  writeFileSync(path, 'before');
  function* chunks(): Generator<Chunk> {
    yield { name: 'functions', content: {} };
    throw new Error('the disk is gone');
  }
  expect(() => writeHtml(path, index, chunks())).toThrow('the disk is gone');
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(place)).toEqual(['index.html']);
});

test('a page has the licences of what it is made of, and no address that is fetched', () => {
  const path = join(folder(), 'index.html');
  writeHtml(path, index, []);
  const html = readFileSync(path, 'utf8');
  for (const author of ['Jason Miller', 'Marijn Haverbeke']) expect(html).toContain(author);
  expect(html).not.toMatch(/<(?:link|img|iframe)\b|\bsrc=|@import|url\(/);
});

test('what stands in its markup is text', () => {
  const path = join(folder(), 'index.html');
  writeHtml(
    path,
    { ...index, target: '</title><script>alert(1)</script>', command: '"><img src=x>\0\ud800' },
    [],
  );
  const html = readFileSync(path, 'utf8');
  expect(html).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; · kcovjs</title>');
  expect(html).not.toContain('<script>alert(1)');
  expect(html).toContain('<code>&quot;&gt;&lt;img src=x&gt;\ufffd\ufffd</code>');
});
