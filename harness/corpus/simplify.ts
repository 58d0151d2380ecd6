import { replaced } from './pieces.ts';
import { CHOICES, simplerBytes } from './simpler.ts';
import type { Trial } from './trial.ts';

const WORD = /[A-Za-z_$][\w$]*/g;
const NUMBER = /\d+(?:\.\d+)?/g;

/** What stands for a word that must not be another one's. */
const LETTERS = ['a', 'b', 'c'];

/** Replaces words by single letters and numbers by 0: everywhere at once where one occurs often, then each place. */
export async function simplifyTokens(trial: Trial): Promise<void> {
  await replaceAll(trial, WORD, LETTERS);
  await replaceAll(trial, NUMBER, ['0']);
}

async function replaceAll(trial: Trial, pattern: RegExp, substitutes: readonly string[]): Promise<void> {
  const tokens = new Set(textOf(trial).match(pattern));
  for (const token of [...tokens].sort((a, b) => b.length - a.length)) {
    for (const substitute of substitutes) {
      if (trial.isOver || (await everywhere(trial, pattern, token, substitute))) break;
    }
    await eachPlace(trial, pattern, token, substitutes[0]!);
  }
}

function everywhere(trial: Trial, pattern: RegExp, token: string, substitute: string): Promise<boolean> {
  const text = textOf(trial).replace(pattern, (found) => (found === token ? substitute : found));
  return trial.attempt(Buffer.from(text, 'latin1'));
}

async function eachPlace(trial: Trial, pattern: RegExp, token: string, substitute: string): Promise<void> {
  const places = [...textOf(trial).matchAll(pattern)].filter((found) => found[0] === token);
  // From the end, so that a place before stays where it is.
  for (const { index } of places.reverse()) {
    if (trial.isOver) return;
    await trial.attempt(replaced(trial.best, index, index + token.length, Buffer.from(substitute, 'latin1')));
  }
}

const textOf = ({ best }: Trial): string =>
  Buffer.from(best.buffer, best.byteOffset, best.length).toString('latin1');

/** Makes bytes as simple as can be, many at once where that does not matter. */
export async function simplifyBytes(trial: Trial): Promise<void> {
  for (let choice = 0; choice < CHOICES; choice++) await simplifyRange(trial, 0, trial.best.length, choice);
}

async function simplifyRange(trial: Trial, start: number, end: number, choice: number): Promise<void> {
  if (trial.isOver || start >= end) return;
  const { best } = trial;
  const simple = best.slice(start, end).map((byte) => simplerBytes(byte)[choice] ?? byte);
  if (simple.every((byte, i) => byte === best[start + i])) return;
  if ((await trial.attempt(replaced(best, start, end, simple))) || end - start === 1) return;
  const middle = (start + end) >> 1;
  await simplifyRange(trial, start, middle, choice);
  await simplifyRange(trial, middle, end, choice);
}
