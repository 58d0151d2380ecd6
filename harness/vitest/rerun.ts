import { basename, relative } from 'node:path';
import { type FaultKind, isDeadly } from '../executor/fault.ts';
import { quoted } from '../quoted.ts';
import { type FuzzTest, formatFuzzTest } from './host/fuzz-test.ts';
import { literally } from './host/pattern.ts';
import { projectOptions } from './host/project.ts';

/** The command that runs an input of a fuzz test again. @param kind how it fails: in a process of its own, where that ends it */
export function commandOf({ file, names }: FuzzTest, input: string, kind: FaultKind): string {
  const path = relative(process.cwd(), file);
  if (isDeadly(kind))
    return words(
      'npx',
      'kcovjs',
      'replay',
      formatFuzzTest({ file: path, names }),
      relative(process.cwd(), input),
    );
  const pattern = [...names, basename(input)].map(literally).join('.*');
  return words('npx', 'vitest', 'run', path, '-t', pattern, ...project());
}

function project(): string[] {
  const { root, config, project = [] } = projectOptions();
  return [
    ...(root === undefined ? [] : ['--root', relative(process.cwd(), root) || '.']),
    ...(config === undefined ? [] : ['--config', relative(process.cwd(), config)]),
    ...project.flatMap((name) => ['--project', name]),
  ];
}

const words = (...list: readonly string[]): string => list.map(quoted).join(' ');
