import { percentEncode } from './encoded.ts';
import { doubleOf, fits, floatBytes, integerBytes, integersOf } from './numbers.ts';
import { latin1, type NumberOperand, type Operand, type Size } from './operand.ts';

/**
 * What can be put into an input where nothing of a comparison was found in it: the wanted operand as text and as
 * bytes, the likeliest forms first.
 */
export function tokensOf(wanted: Operand): Uint8Array[] {
  switch (wanted.type) {
    case 'number':
      return distinct(numberTokens(wanted));
    case 'text':
      return distinct(textTokens(wanted.text));
    case 'bytes':
      return distinct(bytesTokens(Buffer.from(wanted.bytes)));
  }
}

const ascii = (value: string): Buffer => Buffer.from(value, 'latin1');

function* numberTokens(wanted: NumberOperand): Generator<Uint8Array> {
  const double = doubleOf(wanted);
  if (double !== null && wanted.word !== 0n) yield* doubleTokens(double);
  for (const value of integersOf(wanted)) {
    yield ascii(`${value}`);
    for (const size of [1, 2, 4, 8] satisfies Size[]) {
      if (!fits(value, size) || size > 4 * wanted.size) continue;
      yield integerBytes(value, size, true);
      if (size > 1) yield integerBytes(value, size, false);
    }
    if (value < 0n) continue;
    yield ascii(value.toString(16));
    yield ascii(`0x${value.toString(16)}`);
  }
}

function* doubleTokens(value: number): Generator<Uint8Array> {
  yield ascii(`${value}`);
  for (const size of [8, 4] as const)
    for (const little of [true, false]) yield floatBytes(value, size, little);
  if (Number.isSafeInteger(value)) {
    yield ascii(`0x${value.toString(16)}`);
    yield ascii(value.toString(16));
  }
}

function* textTokens(wanted: string): Generator<Uint8Array> {
  const utf8 = Buffer.from(wanted);
  yield utf8;
  yield ascii(utf8.toString('base64'));
  yield ascii(utf8.toString('hex'));
  yield Buffer.from(wanted, 'utf16le');
  yield percentEncode(utf8);
  yield Buffer.from(JSON.stringify(wanted));
  yield ascii(utf8.toString('base64url'));
  yield Buffer.from(wanted, 'latin1');
  yield Buffer.from([...wanted].reverse().join(''));
}

function* bytesTokens(wanted: Buffer): Generator<Uint8Array> {
  yield wanted;
  yield ascii(wanted.toString('base64'));
  yield ascii(wanted.toString('hex'));
  yield Buffer.from(wanted).reverse();
}

function distinct(tokens: Iterable<Uint8Array>): Uint8Array[] {
  const seen = new Map<string, Uint8Array>();
  for (const token of tokens) {
    const key = latin1(token);
    if (key !== '' && !seen.has(key)) seen.set(key, token);
  }
  return [...seen.values()];
}
