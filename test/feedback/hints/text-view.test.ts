import { expect, it } from 'vitest';
import { TextView } from '../../../harness/feedback/hints/text-view.ts';
import fc from '../../fast-check.ts';

/** Bytes that are often almost UTF-8. */
const almost = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 4 }).map((value) => Buffer.from(value)),
      fc.string({ unit: 'binary', maxLength: 2 }).map((value) => Buffer.from(value).subarray(0, -1)),
    ),
  )
  .map((parts) => Buffer.concat(parts));

it('reads bytes as the decoder does', () => {
  fc.assert(
    fc.property(almost, (bytes) => {
      expect(new TextView(bytes).text).toBe(bytes.toString());
    }),
    { numRuns: 1000 },
  );
});

it('knows the bytes of each part of the text', () => {
  fc.assert(
    fc.property(almost, fc.nat(), fc.nat(), (bytes, from, length) => {
      const view = new TextView(bytes);
      const characters = [...view.text];
      fc.pre(characters.length > 0);
      const start = from % characters.length;
      const part = characters.slice(start, start + 1 + (length % 4)).join('');
      const place = view.find(part)!;
      expect(bytes.toString('utf8', place.at, place.at + place.length)).toBe(part);
    }),
  );
});
