import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../../..');
const BUNDLED = ['preact', '@lezer/common', '@lezer/lr', '@lezer/highlight', '@lezer/javascript'];

const licence = (name) =>
  `${name}\n\n${readFileSync(join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8').replaceAll('*/', '* /')}`;

/** Styles stand in the order of their names. */
const styles = () =>
  readdirSync(join(HERE, 'styles'))
    .sort()
    .map((name) => readFileSync(join(HERE, 'styles', name), 'utf8'))
    .join('\n');

export default {
  input: join(HERE, 'main.tsx'),
  tsconfig: join(HERE, 'tsconfig.json'),
  platform: 'browser',
  plugins: [
    {
      name: 'styles',
      generateBundle() {
        this.emitFile({ type: 'asset', fileName: 'page.css', source: styles() });
      },
    },
  ],
  output: {
    dir: join(ROOT, 'dist/harness/report/page'),
    entryFileNames: 'page.js',
    format: 'iife',
    minify: true,
    postBanner: `/*\n${BUNDLED.map(licence).join('\n\n')}\n*/`,
  },
};
