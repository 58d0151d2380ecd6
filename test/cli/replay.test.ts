import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { width } from '../../harness/screen/text.ts';
import { RealTerminal } from '../screen/terminal.ts';
import { emptyFolder, kcovjs, MAIN } from './kcovjs.ts';

const cwd = emptyFolder();
const TYPESCRIPT = [
  'interface Header { size: number }', // 1
  '', // 2
  'export function decode(text: string): Header {', // 3
  '  const size: number = text.length;', // 4
  "  if (text === 'bad') throw new TypeError('no \\x1b[2J size\\nin ' + text);", // 5
  '  return { size }; // \x1b]0;title\x07', // 6
  '}', // 7
];

beforeAll(() => {
  writeFileSync(join(cwd, 'decoder.ts'), TYPESCRIPT.join('\n'));
  const minified = `var a=${Array.from({ length: 400 }, (_, i) => `"${i}"`).join('+')};throw new Error(a.slice(0,3))`;
  writeFileSync(join(cwd, 'small.min.js'), `exports.run = () => {${minified}};`);
  writeFileSync(
    join(cwd, 'fuzz.mjs'),
    [
      "import { decode } from './decoder.ts';",
      "import small from './small.min.js';",
      'export const fuzz = (data) => {',
      "  if (String(data) === 'min') small.run();",
      '  decode(String(data));',
      '};',
    ].join('\n'),
  );
  for (const name of ['bad', 'min', 'good']) writeFileSync(join(cwd, name), name);
});

const LIGHT = ['--disable-bug-detectors', '.*'];
const replay = (env: Record<string, string>, ...args: string[]): string =>
  spawnSync(process.execPath, [MAIN, 'replay', 'fuzz.mjs', ...LIGHT, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  }).stdout;

describe('an error is shown in the code that a person wrote', () => {
  test('in TypeScript, with a mark; nothing of its message does anything to a terminal', () => {
    const text = replay({}, 'bad');
    expect(text).toContain(
      [
        'bad (3 bytes): TypeError: no \\x1b[2J size',
        'in bad',
        `    at decode (${join(cwd, 'decoder.ts')}:5:29)`,
      ].join('\n'),
    );
    expect(text).toContain(
      [
        '',
        '      3 | export function decode(text: string): Header {',
        '      4 |   const size: number = text.length;',
        `    > 5 | ${TYPESCRIPT[4]}`,
        '        |                             ^',
        '      6 |   return { size }; // \\x1b]0;title\\x07',
        '      7 | }',
        '',
        '  trace: ',
      ].join('\n'),
    );
    expect(text).not.toContain('\x1b');
  });

  test('in a minified file, cut around the place', () => {
    const frame = /^ {4}> 1 \| (.*)\n {8}\| ( *)\^$/m.exec(replay({}, 'min'));
    expect(frame![1]!.slice(frame![2]!.length)).toMatch(/^new Error\(a\.slice/);
    expect(width(frame![0].split('\n')[0]!)).toBeLessThanOrEqual(100);
  });

  test('not in a file that has changed since it was loaded', () => {
    const changing = join(cwd, 'changing.mjs');
    const code = [
      "import { writeFileSync } from 'node:fs';",
      'export const fuzz = () => {',
      '  writeFileSync(new URL(import.meta.url), "// other\\n".repeat(9));',
      "  throw new Error('it is gone');",
      '};',
    ];
    writeFileSync(changing, code.join('\n'));
    const { stdout } = kcovjs(['replay', 'changing.mjs', ...LIGHT, 'good'], { cwd });
    expect(stdout).toContain('Error: it is gone');
    expect(stdout).not.toContain('// other');
    expect(stdout).not.toContain('> 4 |');
  });
});

describe('colours', () => {
  let terminal: RealTerminal | undefined;
  afterEach(() => terminal?.close());

  test('are for those who want them', () => {
    for (const text of [
      replay({}, 'bad'),
      replay({ NO_COLOR: '1', FORCE_COLOR: '1' }, 'bad'),
      replay({ FORCE_COLOR: '1' }, '--no-color', 'bad'),
      replay({ FORCE_COLOR: '1' }, '--json', 'bad').replaceAll('\\u001b', ''),
    ])
      expect(text).not.toContain('\x1b');
    const colored = replay({ FORCE_COLOR: '1' }, 'bad');
    // A function is bold, its place and address are dim.
    const place = `${join(cwd, 'decoder.ts')}:5:23`;
    expect(colored).toContain(`\x1b[22m \x1b[1mdecode\x1b[22m+0x1d \x1b[2m${place}\x1b[22m\n`);
    expect(colored).toContain('    \x1b[2m0xffffffff');
    expect(colored).toContain('\x1b[31mTypeError: no \\x1b[2J size\nin bad\x1b[39m\n');
    expect(colored).toContain('\x1b[36mthrow\x1b[39m');
  });

  test('are there in a real terminal, and frames fit into it', async () => {
    const words = [process.execPath, MAIN, 'replay', join(cwd, 'fuzz.mjs'), ...LIGHT.slice(0, 1), "'.*'"];
    terminal = new RealTerminal(50, 60, [...words, '-n', '1', join(cwd, 'min')]);
    const lines = await terminal.until((text) => text.includes('over: 77'));
    const [frame] = lines.filter((line) => line.includes('> 1 |'));
    expect(frame).toContain('new Error(a');
    expect(frame).toMatch(/…$/);
    const [mark] = lines.filter((line) => /^ {8}\| +\^$/.test(line));
    expect(frame!.slice(mark!.indexOf('^'))).toMatch(/^new Error/);
    const styled = terminal.lines({ styled: true }).join('\n');
    expect(styled).toContain('\x1b[31m');
    expect(styled).toContain('\x1b[1m');
  });
});
