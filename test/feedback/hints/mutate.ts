import type { Random } from '../../../harness/feedback/hints/random.ts';

/** What a fuzzer does to an input that knows nothing of comparisons. */
export function mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes = [...input];
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(bytes.length + 1);
    switch (random.below(8)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      case 2:
        bytes.splice(at, 0, random.below(256));
        break;
      case 3:
        bytes.splice(at, 0, ...Array<number>(1 + random.below(16)).fill(random.below(256)));
        break;
      case 4:
        bytes.splice(at, 1 + random.below(4));
        break;
      case 5:
        bytes.splice(at, 0, ...bytes.slice(at, at + 1 + random.below(8)));
        break;
      case 6:
        bytes.splice(at, 0, ...Buffer.from(`${random.below(1000)}`));
        break;
      case 7:
        bytes = [...bytes.slice(0, at), ...other.slice(random.below(other.length + 1))];
    }
  }
  return Uint8Array.from(bytes.slice(0, 512));
}
