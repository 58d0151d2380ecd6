import fc from 'fast-check';
import { FuzzedDataProvider, fuzz } from 'kcovjs/vitest';
import { describe, expect, test } from 'vitest';
import { decode } from '../src/decode.ts';
import { encode } from '../src/encode.ts';
import { BencodeStream } from '../src/stream.ts';
import { BencodeError, type Value } from '../src/value.ts';

describe('decode', () => {
  test('reads a dictionary', () => {
    expect(decode(Buffer.from('d3:agei42e4:name4:lisae'))).toEqual({ age: 42n, name: 'lisa' });
  });

  // Bytes as they come: whatever they are, there is a value or a BencodeError.
  fuzz('takes any input', (data) => {
    try {
      decode(data);
    } catch (error) {
      if (!(error instanceof BencodeError)) throw error;
    }
  });
});

// Values of fast-check's arbitraries: what is encoded is decoded again.
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.string(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
  ),
}));

fuzz.prop([value])('decode is the inverse of encode', (value) => {
  const bytes = encode(value);
  expect(String(encode(decode(bytes)))).toBe(String(bytes));
});

// A FuzzedDataProvider takes bytes apart: here it chooses numbers, and where a socket would cut what is sent.
fuzz('a stream gives the same values however it is cut', { runs: 3000 }, (data) => {
  const provider = new FuzzedDataProvider(data);
  const values = provider.consumeBigIntegrals(5, 4, true);
  const bytes = Buffer.concat(values.map(encode));
  const stream = new BencodeStream();
  const read: Value[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + provider.consumeIntegralInRange(1, bytes.length);
    read.push(...stream.push(bytes.subarray(at, end)));
    at = end;
  }
  expect(read).toEqual(values);
});
