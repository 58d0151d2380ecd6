import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { replaceFileByParts } from '../outputs.ts';
import { escapeHtml, summary } from './html-summary.ts';
import type { PageIndex } from './page/data.ts';

export interface Chunk {
  /** Of letters, digits and dashes. */
  name: string;
  content: object;
}

/** What the bundler has made of `page/`. */
const BUNDLE = join(import.meta.dirname, 'page');

/**
 * Writes a report as one HTML file that fetches nothing: all of it or nothing, with one chunk at a time in memory.
 *
 * Nothing in sources, names and inputs becomes markup or code: they stand in data blocks, as base64 of deflate-raw of
 * JSON, and the policy of the page lets nothing but its own script run.
 *
 * @throws as the file system does, and what the chunks throw
 */
export function writeHtml(path: string, index: PageIndex, chunks: Iterable<Chunk>): { bytes: number } {
  return replaceFileByParts(path, parts(index, chunks));
}

function* parts(index: PageIndex, chunks: Iterable<Chunk>): Generator<string> {
  const code = bundled('page.js');
  const style = bundled('page.css');
  yield head(index, code, style);
  yield `<div id="app"></div>\n<div id="announcements" class="visually-hidden" role="status"></div>\n`;
  yield `<noscript>${summary(index)}</noscript>\n`;
  yield block({ name: 'index', content: index });
  yield `<script>${code}</script>\n`;
  for (const chunk of chunks) yield block(chunk);
  yield '</body>\n</html>\n';
}

const head = (index: PageIndex, code: string, style: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(code, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${escapeHtml(index.generator)}">
<title>${escapeHtml(index.target)} · kcovjs</title>
<style>${style}</style>
</head>
<body>
`;

const policy = (code: string, style: string): string =>
  [
    `default-src 'none'`,
    `script-src '${hash(code)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types 'none'`,
  ].join('; ');

const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** @throws where it could end the element that it stands in */
function bundled(name: string): string {
  const text = readFileSync(join(BUNDLE, name), 'utf8');
  if (/<\/(?:script|style)|<!--|\r|\0/i.test(text)) throw new Error(`${name} cannot stand in a page`);
  return text;
}

const block = ({ name, content }: Chunk): string =>
  `<script type="application/octet-stream" id="chunk-${name}">${packed(content)}</script>\n`;

/** Lone surrogates come through: JSON writes them as escapes. */
const packed = (content: object): string => deflateRawSync(JSON.stringify(content)).toString('base64');
