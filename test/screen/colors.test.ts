import { expect, test } from 'vitest';
import { colorsFor, isLive } from '../../harness/screen/colors.ts';

const TERMINAL = { isTTY: true, columns: 80, rows: 24 };
const hasColors = (stream: object, env: Record<string, string>): boolean =>
  colorsFor(stream, env).isColorSupported;

test('colours are for terminals, unless the user wants it otherwise', () => {
  expect(hasColors(TERMINAL, { TERM: 'xterm' })).toBe(true);
  expect(hasColors({}, { TERM: 'xterm' })).toBe(false);
  expect(hasColors(TERMINAL, { TERM: 'dumb' })).toBe(false);
  expect(hasColors(TERMINAL, { TERM: 'xterm', NO_COLOR: '1' })).toBe(false);
  expect(hasColors(TERMINAL, { TERM: 'xterm', NO_COLOR: '' })).toBe(true);
  expect(hasColors({}, { FORCE_COLOR: '1' })).toBe(true);
  expect(hasColors(TERMINAL, { FORCE_COLOR: '0' })).toBe(false);
  expect(hasColors({}, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
});

test('the live screen is for terminals that have a size and can be drawn over', () => {
  expect(isLive(TERMINAL, { TERM: 'xterm' })).toBe(true);
  expect(isLive({}, { TERM: 'xterm' })).toBe(false);
  expect(isLive(TERMINAL, { TERM: 'dumb' })).toBe(false);
  expect(isLive({ isTTY: true, columns: 0, rows: 0 }, { TERM: 'xterm' })).toBe(false);
});
