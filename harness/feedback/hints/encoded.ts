/** A part of an input that holds something else, encoded. */
export interface Encoded {
  at: number;
  length: number;
  /** What it holds. */
  content: Buffer;
  /** The part as it should be for another content. */
  encode(content: Uint8Array): Uint8Array;
}

const MAX_PARTS = 12;
const MAX_LENGTH = 4096;
/** Shorter runs of letters are words. */
const MIN_BASE64 = 6;

const BASE64 = /[A-Za-z0-9+/_-]{6,4096}={0,2}/g;
const HEX = /(?:[0-9A-Fa-f]{2}){2,2048}/g;
const PERCENT = /(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9._~*'()!+-]){1,4096}/g;
const ESCAPED = /"((?:[^"\\]|\\.){1,2048})"/g;

/**
 * The parts of an input that look like base64, hex, percent-encoding or a JSON string with escapes, and the whole
 * input as base64 as Node reads it, which passes over whatever is not. Each is linear in the input.
 */
export function encodedParts(input: Buffer): Encoded[] {
  const text = input.toString('latin1');
  return [...jsonStrings(text), ...percents(text), ...hexes(text), ...base64s(text), ...lenient(input)];
}

/** Where a pattern matches; with `mark`, only what has that character in it. */
function* runs(pattern: RegExp, text: string, mark = ''): Generator<[at: number, run: string]> {
  let count = 0;
  for (const match of text.matchAll(pattern)) {
    if (!match[0].includes(mark)) continue;
    yield [match.index, match[0]];
    if (++count === MAX_PARTS) return;
  }
}

function* base64s(text: string): Generator<Encoded> {
  for (const [at, run] of runs(BASE64, text)) {
    for (const variant of variantsOf(run))
      yield {
        at,
        length: run.length,
        content: Buffer.from(run, 'base64'),
        encode: (content) => Buffer.from(Buffer.from(content).toString(variant)),
      };
  }
}

/** The alphabet and padding that are in use; whole groups of usual letters may be of either. */
function variantsOf(run: string): readonly ('base64' | 'base64url')[] {
  if (run.endsWith('=')) return ['base64'];
  return /[_-]/.test(run) || run.length % 4 !== 0 ? ['base64url'] : ['base64', 'base64url'];
}

function* hexes(text: string): Generator<Encoded> {
  for (const [at, run] of runs(HEX, text)) {
    const upper = /[A-F]/.test(run);
    yield {
      at,
      length: run.length,
      content: Buffer.from(run, 'hex'),
      encode: (content) => {
        const hex = Buffer.from(content).toString('hex');
        return Buffer.from(upper ? hex.toUpperCase() : hex);
      },
    };
  }
}

function* percents(text: string): Generator<Encoded> {
  for (const [at, run] of runs(PERCENT, text, '%')) {
    const decoded = run
      .replace(/\+/g, ' ')
      .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    yield { at, length: run.length, content: Buffer.from(decoded, 'latin1'), encode: percentEncode };
  }
}

export function percentEncode(content: Uint8Array): Buffer {
  let text = '';
  for (const byte of content) {
    const char = String.fromCharCode(byte);
    text += /[A-Za-z0-9._~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return Buffer.from(text);
}

function* jsonStrings(text: string): Generator<Encoded> {
  for (const [at, run] of runs(ESCAPED, text, '\\')) {
    const content = parsed(Buffer.from(run, 'latin1').toString('utf8'));
    if (content === null) continue;
    yield {
      at,
      length: run.length,
      content: Buffer.from(content),
      encode: (to) => Buffer.from(JSON.stringify(Buffer.from(to).toString('utf8'))),
    };
  }
}

function parsed(json: string): string | null {
  try {
    return JSON.parse(json) as string;
  } catch {
    return null; // It looked like a string of JSON, and was none.
  }
}

function* lenient(input: Buffer): Generator<Encoded> {
  if (input.length < MIN_BASE64 || input.length > MAX_LENGTH) return;
  const content = Buffer.from(input.toString('latin1'), 'base64');
  if (content.length === 0) return;
  yield {
    at: 0,
    length: input.length,
    content,
    encode: (to) => Buffer.from(Buffer.from(to).toString('base64')),
  };
}
