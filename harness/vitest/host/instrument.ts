import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import type { TestProject } from 'vitest/node';
import type { Filter } from '../../../src/loader/filter.ts';
import { completeFilter, matches } from '../../../src/loader/filter.ts';
import { noteServed } from '../../../src/loader/served.ts';
import { readSourceMap, type SourceMap } from '../../../src/loader/source-map.ts';
import { transform } from '../../../src/loader/transform.ts';

/** Instruments what Vite serves, behind all that makes JavaScript of it: TypeScript, JSX, aliases, virtual modules. */
export function instrument(options: Partial<Filter>): Plugin {
  const filter = completeFilter(options);
  return {
    name: 'kcovjs',
    enforce: 'post',
    transform: {
      // Behind vitest's own, whose maps are too coarse for what we make.
      order: 'post',
      handler(code, id) {
        const filename = fileOf(id);
        if (!matches(filename, filter)) return null;
        const chain = { map: JSON.stringify(this.getCombinedSourcemap()) };
        noteServed(filename, { code, ...chain });
        const output = transform(code, { filename, format: 'module', trace: true, addition: null, chain });
        return { code: output, map: withPaths(readSourceMap(output, filename)!) as never };
      },
    },
  };
}

/**
 * Gives a plugin to the server of a project before it serves anything: those of a configuration with several know
 * nothing of what whoever starts vitest gives to the first.
 */
export function addPlugin({ vite }: TestProject, plugin: Plugin): void {
  for (const { plugins } of Object.values(vite.environments))
    if (!plugins.includes(plugin)) (plugins as Plugin[]).push(plugin);
}

/** Vite takes what is no path for a path beside the file. */
const withPaths = (map: SourceMap): SourceMap => ({
  ...map,
  sources: map.sources.map((source) => (source.startsWith('file://') ? fileURLToPath(source) : source)),
});

/** Of a virtual module its name, which is no path. */
const fileOf = (id: string): string => id.replace(/^\0/, '').replace(/[?#].*$/, '');
