import { isFuzzTest } from '../target.ts';
import type { FindingRecord } from './record.ts';

const FIXED = 'fixed       regression.test.ts passes then; move it with its input to where your tests are';

/** A finding as a person reads it who opens its folder. */
export function describeFinding(record: FindingRecord): string {
  const {
    title,
    message = '',
    stack,
    count,
    reproduced,
    firstSeen,
    lastSeen,
    decoded,
    command,
    target,
  } = record;
  return `${[
    title,
    '',
    ...(message === '' ? [] : [message, '']),
    ...stack.map((frame) => `    ${frame}`),
    ...(stack.length === 0 ? [] : ['']),
    `seen        ${count} time${count === 1 ? '' : 's'}, first ${firstSeen}, last ${lastSeen}`,
    `reproduced  ${reproduced} of 10 runs of ./input`,
    `again       ${command}`,
    isFuzzTest(target) ? 'fixed       the command above passes then' : FIXED,
    ...(decoded === undefined
      ? []
      : ['', 'What the target read of the input:', ...decoded.map((one) => `    ${one}`)]),
  ].join('\n')}\n`;
}
