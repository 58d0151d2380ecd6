import { describe, expect, it } from 'vitest';
import { apply } from '../../../harness/feedback/hints/edit.ts';
import { found } from '../../../harness/feedback/hints/found.ts';
import { Input } from '../../../harness/feedback/hints/input.ts';
import { bytes, type Goal, number, type Operand, text } from '../../../harness/feedback/hints/operand.ts';
import fc from '../../fast-check.ts';
import { bitsOf } from './records.ts';

/** All candidates that put `wanted` where `seen` is found. */
function candidates(
  input: Uint8Array,
  seen: Operand,
  wanted: Operand,
  relation: Goal['relation'] = 'equals',
) {
  const all: Buffer[] = [];
  for (const edits of found(new Input(input), { seen, wanted, relation }, 0))
    if (edits !== null) all.push(Buffer.from(apply(input, edits)));
  return all;
}

/**
 * Holds that of an input which has the operand in some encoding a candidate is made that has the wanted one there.
 *
 * @param read decodes what lies between head and tail
 */
function holds(
  head: string,
  encoded: Buffer,
  tail: string,
  [seen, wanted]: [Operand, Operand],
  read: (part: Buffer) => boolean,
): void {
  const input = Buffer.concat([Buffer.from(head), encoded, Buffer.from(tail)]);
  const isRight = (candidate: Buffer): boolean => {
    const end = candidate.length - tail.length;
    return (
      end >= head.length &&
      candidate.toString('latin1', 0, head.length) === head &&
      candidate.toString('latin1', end) === tail &&
      read(candidate.subarray(head.length, end))
    );
  };
  expect(candidates(input, seen, wanted).some(isRight)).toBe(true);
}

/** What stands around an operand: nothing in it looks like one. */
const around = fc.constantFrom('', '~', '~~~', '<~', '~~~~~~~~~~~~~~~~');
const throws = <T>(fn: () => T): T | null => {
  try {
    return fn();
  } catch {
    return null;
  }
};

describe('an integer', () => {
  const sizes = fc.constantFrom<1 | 2 | 4 | 8>(1, 2, 4, 8);
  const operands = sizes.chain((size) => {
    const value = fc.bigInt(0n, 2n ** BigInt(8 * size) - 1n);
    return fc.tuple(fc.constant(size), value, value);
  });

  it('is replaced in fields of its own size, in both byte orders', () => {
    fc.assert(
      fc.property(operands, fc.boolean(), around, around, ([size, a, b], little, head, tail) => {
        const encode = (value: bigint) => {
          const field = Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
          return little ? field.reverse() : field;
        };
        fc.pre(!Buffer.from(head + tail).includes(encode(a))); // A byte may look like anything.
        holds(head, encode(a), tail, [number(a, size), number(b, size)], (part) => part.equals(encode(b)));
      }),
    );
  });

  it('is replaced in wider fields, to which it was extended by zeros or by its sign', () => {
    const value = fc.integer({ min: -128, max: 127 });
    fc.assert(
      fc.property(value, value, fc.boolean(), around, (a, b, little, tail) => {
        fc.pre(a < 0 === b < 0);
        const encode = (one: number) => {
          const field = Buffer.alloc(4);
          if (little) field.writeInt32LE(one);
          else field.writeInt32BE(one);
          return field;
        };
        const operand = (one: number) => number(BigInt.asUintN(8, BigInt(one)), 1);
        holds('', encode(a), tail, [operand(a), operand(b)], (part) => part.equals(encode(b)));
      }),
    );
  });

  it.each<[string, (value: bigint) => string, (text: string) => bigint]>([
    ['decimal', (value) => `${value}`, BigInt],
    ['hex', (value) => `0x${value.toString(16)}`, BigInt],
    ['upper case hex', (value) => `0x${value.toString(16).toUpperCase()}`, BigInt],
    ['padded hex', (value) => `0x${value.toString(16).padStart(16, '0')}`, BigInt],
    ['octal', (value) => `0o${value.toString(8)}`, BigInt],
  ])('is replaced in %s text', (_, write, read) => {
    fc.assert(
      fc.property(operands, around, around, ([size, a, b], head, tail) => {
        const goal: [Operand, Operand] = [number(a, size), number(b, size)];
        holds(head, Buffer.from(write(a)), tail, goal, (part) => throws(() => read(part.toString())) === b);
      }),
    );
  });

  it('with a sign is replaced in decimal text', () => {
    const value = fc.integer({ min: -(2 ** 31), max: -1 });
    fc.assert(
      fc.property(value, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), around, (a, b, tail) => {
        const operand = (one: number) => number(BigInt.asUintN(32, BigInt(one)), 4);
        holds(
          '',
          Buffer.from(`${a}`),
          tail,
          [operand(a), operand(b)],
          (part) => Number(part.toString()) === b,
        );
      }),
    );
  });
});

describe('a double', () => {
  const fraction = fc
    .double({ min: -1e6, max: 1e6, noNaN: true })
    .filter((value) => !Number.isInteger(value) && Math.abs(value) > 1e-6);
  const goal = (a: number, b: number): [Operand, Operand] => [number(bitsOf(a), 8), number(bitsOf(b), 8)];

  it.each<[string, (value: number) => Buffer, (part: Buffer) => number]>([
    [
      'eight bytes, little endian',
      (value) => Buffer.from(new Uint8Array(Float64Array.of(value).buffer)),
      (part) => part.readDoubleLE(),
    ],
    [
      'eight bytes, big endian',
      (value) => Buffer.from(new Uint8Array(Float64Array.of(value).buffer)).reverse(),
      (part) => part.readDoubleBE(),
    ],
    ['text', (value) => Buffer.from(`${value}`), (part) => Number(part.toString())],
  ])('is replaced as %s', (_, write, read) => {
    fc.assert(
      fc.property(fraction, fraction, around, (a, b, tail) => {
        holds('', write(a), tail, goal(a, b), (part) => throws(() => read(part)) === b);
      }),
    );
  });

  it('that was a float is replaced as four bytes', () => {
    const float = fc
      .float({ min: -1000, max: 1000, noNaN: true })
      .filter((value) => !Number.isInteger(value) && Math.abs(value) > 1e-3);
    fc.assert(
      fc.property(float, float, fc.boolean(), around, (a, b, little, tail) => {
        const field = Buffer.alloc(4);
        if (little) field.writeFloatLE(a);
        else field.writeFloatBE(a);
        const read = (part: Buffer) => (little ? part.readFloatLE() : part.readFloatBE());
        holds('', field, tail, goal(a, b), (part) => part.length === 4 && read(part) === b);
      }),
    );
  });
});

describe('a string', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((value) => {
    // What UTF-8 cannot write does not come from an input.
    return Buffer.from(value).toString() === value && value.trim() !== '';
  });
  const latin = fc
    .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
    .filter((value) => value.length > 0);

  it.each<[string, (value: string) => Buffer, (part: Buffer) => string | null]>([
    ['UTF-8', (value) => Buffer.from(value), (part) => part.toString()],
    ['UTF-16', (value) => Buffer.from(value, 'utf16le'), (part) => part.toString('utf16le')],
    ['base64', (value) => Buffer.from(Buffer.from(value).toString('base64')), decodeAs('base64')],
    ['base64url', (value) => Buffer.from(Buffer.from(value).toString('base64url')), decodeAs('base64url')],
    ['hex', (value) => Buffer.from(Buffer.from(value).toString('hex')), decodeAs('hex')],
    [
      'percent-encoding',
      (value) => Buffer.from(encodeURIComponent(value)),
      (part) => throws(() => decodeURIComponent(part.toString())),
    ],
    [
      'a string of JSON',
      (value) => Buffer.from(JSON.stringify(value)),
      (part) => throws(() => JSON.parse(part.toString()) as string),
    ],
    [
      'its reverse',
      (value) => Buffer.from([...value].reverse().join('')),
      (part) => [...part.toString()].reverse().join(''),
    ],
  ])('is replaced as %s', (_, write, read) => {
    fc.assert(
      fc.property(word, word, around, (a, b, tail) => {
        holds('', write(a), tail, [text(a), text(b)], (part) => read(part) === b);
      }),
    );
  });

  it('is replaced as percent-encoding that is short, or behind many words', () => {
    const read = (part: Buffer) => throws(() => decodeURIComponent(part.toString())) === '!';
    // encodeURIComponent leaves the quote as it is.
    holds('', Buffer.from("'%20"), '', [text("' "), text('!')], read);
    holds('a b c d e f g h i j k l m n ', Buffer.from("'%20"), '', [text("' "), text('!')], read);
  });

  it('is replaced as latin1', () => {
    fc.assert(
      fc.property(latin, latin, around, (a, b, tail) => {
        const write = (value: string) => Buffer.from(value, 'latin1');
        holds('', write(a), tail, [text(a), text(b)], (part) => part.toString('latin1') === b);
      }),
    );
  });

  it('is found whatever case its letters had in the input', () => {
    const mixed = fc.string({ unit: fc.constantFrom(...'abcXYZ019'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(mixed, mixed, around, (a, b, head) => {
        for (const change of [a.toLowerCase(), a.toUpperCase()])
          holds(head, Buffer.from(a), '~', [text(change), text(b)], (part) => part.toString() === b);
      }),
    );
  });

  it('with characters that the decoder could not read is found where it was', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 4, maxLength: 40 }),
        fc.nat(),
        fc.nat(),
        (input, from, length) => {
          const all = Buffer.from(input).toString();
          const start = from % all.length;
          const seen = all.slice(start, start + 1 + (length % 8));
          fc.pre(seen.includes('\ufffd'));
          const expected = all.replace(seen, () => 'WANTED');
          const made = candidates(input, text(seen), text('WANTED')).map((one) => one.toString());
          expect(made).toContain(expected);
        },
      ),
    );
  });

  it('that is part of encoded text is replaced there, and the rest of it stays', () => {
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      const write = (value: string) => Buffer.from(`token ${Buffer.from(value).toString(encoding)} end`);
      const made = candidates(write('user:guest:read'), text('guest'), text('administrator'));
      const right = write('user:administrator:read');
      expect(
        made.some((one) => one.equals(right)),
        encoding,
      ).toBe(true);
    }
  });

  it('that was searched for in vain gets its place at both ends of what was searched, and in its stead', () => {
    const made = candidates(Buffer.from('<hay>'), text('hay'), text('needle'), 'contains').map(String);
    expect(made).toEqual(expect.arrayContaining(['<needle>', '<needlehay>', '<hayneedle>']));
  });
});

it('bytes are replaced as they are, reversed, as hex and as base64', () => {
  const part = fc.uint8Array({ minLength: 2, maxLength: 16 });
  const forms: ((value: Uint8Array) => Buffer)[] = [
    (value) => Buffer.from(value),
    (value) => Buffer.from(value).reverse(),
    (value) => Buffer.from(Buffer.from(value).toString('hex')),
    (value) => Buffer.from(Buffer.from(value).toString('base64')),
  ];
  fc.assert(
    fc.property(part, part, fc.constantFrom(...forms), around, (a, b, write, tail) => {
      holds('', write(a), tail, [bytes(a), bytes(b)], (one) => one.equals(write(b)));
    }),
  );
});

it('another length resizes the input, and in another candidate writes over what follows', () => {
  const made = candidates(Buffer.from('[ab]cdefgh'), text('ab'), text('wxyz')).map(String);
  expect(made).toEqual(expect.arrayContaining(['[wxyz]cdefgh', '[wxyzdefgh'].slice(0, 1)));
  expect(made).toContain('[wxyzdefgh');
});

function decodeAs(encoding: BufferEncoding): (part: Buffer) => string | null {
  // Decoders pass over what they do not know; an encoding is right only if it comes out again.
  return (part) => {
    const content = Buffer.from(part.toString('latin1'), encoding);
    return content.toString(encoding) === part.toString('latin1') ? content.toString() : null;
  };
}
