import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { ROOT } from '../cli/kcovjs.ts';
import { project } from './project.ts';

/** As strict as TypeScript can be, with declarations looked at too. */
const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: false,
  noEmit: true,
  types: ['node'],
};

const USES = readFileSync(join(ROOT, 'test/fixtures/vitest/types.ts'), 'utf8');

/** What TypeScript says of a file in a project, and of our declarations; those of other packages are theirs. */
function check(code: string, packages?: string[]): string[] {
  const folder = project({ 'uses.test.ts': code }, packages);
  const host = ts.createCompilerHost(STRICT);
  host.getCurrentDirectory = () => folder;
  const program = ts.createProgram([join(folder, 'uses.test.ts')], STRICT, host);
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => /uses\.test|\/kcovjs\/dist\/|@jazzer/.test(fileName));
  expect(ours.length).toBeGreaterThan(5);
  const found = ours.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]);
  return found.map(({ file, start, messageText }) => {
    const line = file!.getLineAndCharacterOfPosition(start!).line + 1;
    return `${file!.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

test('contexts, fixtures, rows and values have their types, and what is wrong is an error', () => {
  expect(check(USES)).toEqual([]);
});

test('a project without fast-check needs no types of it', () => {
  const code = `import { type FuzzOptions, fuzz } from 'kcovjs/vitest';
import { watchInputs } from 'kcovjs/vitest/watch';
import { defineConfig } from 'vitest/config';
const options: FuzzOptions = { maxTime: 3 };
fuzz('a', (data) => { data.readInt8(0); }, options);
export default defineConfig({ plugins: [watchInputs()] });
fuzz('wrong', (data: string) => {});
`;
  const told = check(code, ['vitest', 'vite', '@types', 'undici-types']);
  expect(told).toEqual([
    expect.stringMatching(/uses.test.ts:7: .*'\(data: string\) => void' is not assignable/),
  ]);
});
