import { KCOV_CMP_CONST, KCOV_CMP_SIZE } from '../../../src/abi/kcov.ts';

/** A comparison of integers as it lies in a CMP buffer. */
export interface NumberRecord {
  pc: number;
  a: bigint;
  b: bigint;
  /** Bytes of the operands; 4 by default. */
  size?: 1 | 2 | 4 | 8;
  constant?: boolean;
}

/** A mapped buffer that holds these records. */
export function recorded(records: readonly NumberRecord[]): Int32Array {
  const words = new Int32Array(2 * (1 + 4 * records.length));
  words[0] = records.length;
  records.forEach(({ pc, a, b, size = 4, constant = false }, i) => {
    const at = 2 * (4 * i + 1);
    words[at] = KCOV_CMP_SIZE(Math.log2(size)) | (constant ? KCOV_CMP_CONST : 0);
    [a, b].forEach((operand, side) => {
      const word = BigInt.asUintN(8 * size, operand);
      words[at + 2 + 2 * side] = Number(word & 0xffffffffn);
      words[at + 3 + 2 * side] = Number(word >> 32n);
    });
    words[at + 6] = pc;
    words[at + 7] = -1;
  });
  return words;
}

/** The bits of a double, as they stand in a record. */
export function bitsOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
