import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transformSync } from '@babel/core';
import { parse } from 'acorn';
import { expect, test } from 'vitest';
import type { Format } from '../../src/instrument/parse.ts';
import { parserOptions } from '../../src/instrument/parse.ts';
import kcov from '../../src/instrument/plugin.ts';

/** Test262's programs for parsers: each corner of the syntax in a file of its own. */
const FOLDER = join(
  dirname(createRequire(import.meta.url).resolve('test262-parser-tests/package.json')),
  'pass',
);
const files = readdirSync(FOLDER);

/** `try {} catch (a) { if(1) function a(){} }`, valid in sloppy code, has a duplicate declaration for Babel. */
const REFUSED_BY_BABEL = ['3dabeca76119d501.js'];

/** Why a file does not compile, or compiles to what is no program; null where all is well. */
function fault(file: string, callbacks: 'inline' | 'call'): string | null {
  const code = readFileSync(join(FOLDER, file), 'utf8');
  const format: Format = file.endsWith('.module.js') ? 'module' : 'commonjs';
  const read = (text: string): unknown =>
    parse(text, { ecmaVersion: 'latest', sourceType: format === 'module' ? 'module' : 'script' });
  read(code);
  try {
    const options = parserOptions(`/app/${file}`, format) as object;
    read(transformSync(code, { ...options, plugins: [[kcov, { callbacks }]] })!.code!);
    return null;
  } catch (error) {
    return `${file}: ${(error as Error).message}`;
  }
}

for (const callbacks of ['inline', 'call'] as const) {
  test(`every program of Test262's tests for parsers is instrumented and is a program still: ${callbacks}`, () => {
    expect(files.length).toBeGreaterThan(1900);
    const faults = files
      .filter((file) => !REFUSED_BY_BABEL.includes(file))
      .map((file) => fault(file, callbacks))
      .filter((one) => one !== null);
    expect(faults).toEqual([]);
    for (const file of REFUSED_BY_BABEL) expect(fault(file, callbacks)).toMatch('Duplicate declaration "a"');
  });
}
