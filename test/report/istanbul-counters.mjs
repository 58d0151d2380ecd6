/**
 * Runs a corpus with istanbul's own counters, for comparison with ours.
 * Usage: node istanbul-counters.mjs DIST TARGET PART_OF_PATH CORPUS-FILE...   prints the coverage object
 */

import { readFileSync } from 'node:fs';
import Module, { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

const [dist, target, part, ...files] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { createInstrumenter } = require('istanbul-lib-instrument');
const harness = await import(pathToFileURL(`${dist}/harness/index.js`).href);

// TypeScript and CommonJS load as under our loader, with nothing instrumented by it.
harness.register({ include: ['/nothing is here/'] });
const compile = Module.prototype._compile;
Module.prototype._compile = function (code, filename, ...rest) {
  const included = filename.includes(part) && !filename.includes('/istanbul-');
  const instrumenter = createInstrumenter({
    autoWrap: true,
    produceSourceMap: false,
    coverageVariable: '__istanbul__',
  });
  return compile.call(this, included ? instrumenter.instrumentSync(code, filename) : code, filename, ...rest);
};
register(
  `data:text/javascript,${encodeURIComponent(`
  import { createRequire } from 'node:module';
  import { fileURLToPath } from 'node:url';
  const require = createRequire(${JSON.stringify(import.meta.url)});
  const { createInstrumenter } = require('istanbul-lib-instrument');
  export async function load(url, context, next) {
    const loaded = await next(url, context);
    if (loaded.format !== 'module' || !url.startsWith('file:') || !url.includes(${JSON.stringify(part)})) return loaded;
    const instrumenter = createInstrumenter({ esModules: true, produceSourceMap: false, coverageVariable: '__istanbul__' });
    return { ...loaded, source: instrumenter.instrumentSync(Buffer.from(loaded.source).toString(), fileURLToPath(url)) };
  }
`)}`,
);

const { fuzz } = await import(pathToFileURL(target).href);
for (const file of files) {
  try {
    await fuzz(readFileSync(file));
  } catch {
    // What is found is found; its coverage counts.
  }
}
process.stdout.write(JSON.stringify(globalThis.__istanbul__));
