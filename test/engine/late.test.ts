import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { built } from './by-hand.ts';

/** Runs a script that has Jazzer.js and its bug detectors loaded, and `require` as its core has it. */
function inJazzer(script: string): unknown {
  const start = `
    const { initDetectors } = await import(${JSON.stringify(built('harness/engine/detectors.js'))});
    const { requireFromCore } = await import(${JSON.stringify(built('harness/engine/resolve.js'))});
    await initDetectors({});
    const require = requireFromCore();
    const loaded = () => Object.keys(require.cache).some((path) => path.includes('/@babel/core/'));
    ${script}`;
  const options = { encoding: 'utf8', stdio: 'pipe' } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', start], options));
}

test('Jazzer.js and its bug detectors load no Babel, and who requires it gets it whole', () => {
  const seen = inJazzer(`
    const before = loaded();
    const { transformSync } = require('@babel/core');
    const { code } = transformSync('let a', { configFile: false });
    console.log(JSON.stringify({ before, code, keys: Object.keys(require('istanbul-reports')) }));`);
  expect(seen).toEqual({ before: false, code: 'let a;', keys: ['create'] });
});

test("Jazzer.js's own instrumentor works as ever, with coverage for istanbul too", () => {
  const code = inJazzer(`
    const { Instrumentor } = require('@jazzer.js/instrumentor');
    const before = loaded();
    const instrumentor = new Instrumentor(['*'], [], [], true);
    instrumentor.init();
    const { code } = instrumentor.instrument('if (a === 1) b();', '/x/a.js');
    console.log(JSON.stringify(before ? 'too early' : code));`);
  expect(code).toMatch(/Fuzzer\.tracer\.traceNumberCmp\(/);
  expect(code).toMatch(/Fuzzer\.coverageTracker\.incrementCounter\(/);
  expect(code).toContain('__coverage__');
});
