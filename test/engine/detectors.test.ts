import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { transformSync } from '@babel/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { detectorFiles } from '../../harness/engine/detectors.ts';
import { detectorPlugins, hookDefinitions, installHookDefinitions } from '../../harness/engine/plugins.ts';
import { jazzerPackagePath } from '../../harness/engine/resolve.ts';

const [BEFORE, REPLACE] = [0, 2];
const hook = (id: number, target: string, pkg: string, type = BEFORE) => ({
  id,
  type,
  target,
  pkg,
  async: false,
});

describe('which files hooks concern', () => {
  beforeEach(() => installHookDefinitions([]));
  const hooked = (filename: string) => detectorPlugins(filename, false).length > 0;

  it('none where there are no hooks', () => {
    expect(hooked('/app/lib/a.js')).toBe(false);
  });

  it('those whose path names the package', () => {
    installHookDefinitions([hook(0, 'parse', 'some-lib')]);
    expect([hooked('/app/node_modules/some-lib/a.js'), hooked('/app/a.js')]).toEqual([true, false]);
  });

  it.each([
    'eval',
    'Function',
    'JSON.parse',
  ])('none for the global %s, which is replaced itself', (target) => {
    installHookDefinitions([hook(0, target, '')]);
    expect(hooked('/app/a.js')).toBe(false);
  });

  it.each([
    'parse',
    'JSON.nothing',
    'no.such.thing',
  ])('all for %s of no package, which is no global', (target) => {
    installHookDefinitions([hook(0, target, '')]);
    expect(hooked('/app/a.js')).toBe(true);
  });
});

describe('hooks in another thread', () => {
  it('are the same, in the same places', () => {
    const definitions = [hook(0, 'a', 'x'), hook(1, 'b', 'y', REPLACE), { ...hook(2, 'c', ''), async: true }];
    installHookDefinitions([...definitions].reverse());
    expect(hookDefinitions()).toEqual(definitions);
    expect(structuredClone(hookDefinitions())).toEqual(definitions);
  });

  it('compile to calls by their ids', () => {
    installHookDefinitions([hook(0, 'other', 'lib'), hook(1, 'parse', 'lib', REPLACE)]);
    const plugins = detectorPlugins('/lib/a.js', false);
    const { code } = transformSync('function parse(text) { return text; }', { configFile: false, plugins })!;
    expect(code).toMatch(/HookManager\.callHook\(1, this, \[text\]/);
  });
});

describe('bug detectors', () => {
  const names = (disabled: string[]) => detectorFiles(disabled).map((path) => /([^/]+)\.js$/.exec(path)![1]);

  it('are all there unless a pattern names them, and a line says which are not', () => {
    expect(names([])).toContain('prototype-pollution');
    const lines = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(names(['^proto', 'ssrf'])).not.toContain('prototype-pollution');
    expect(lines.mock.calls.flat()).toEqual([
      'Skip loading bug detector "prototype-pollution" because of user-provided pattern.',
      'Skip loading bug detector "ssrf" because of user-provided pattern.',
    ]);
    expect(names(['.*'])).toEqual([]);
    lines.mockRestore();
  });

  it("hook Node's functions, and report what they see", () => {
    const script = `
      const { initDetectors } = await import(${JSON.stringify(built('detectors'))});
      const { detectorPlugins } = await import(${JSON.stringify(built('plugins'))});
      const { loadJazzer } = await import(${JSON.stringify(built('jazzer'))});
      await initDetectors({ disableBugDetectors: ['ssrf'] });
      let thrown = '';
      try { (await import('node:child_process')).default.execSync('jaz_zer'); } catch (error) { thrown = error.message; }
      const found = loadJazzer().findings.clearFirstFinding();
      console.log(JSON.stringify({
        thrown, found: found.message,
        included: detectorPlugins('/app/a.js', true).length, excluded: detectorPlugins('/app/a.js', false).length,
        options: globalThis.options.get('disableBugDetectors'),
      }));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const { thrown, found, ...rest } = JSON.parse(output) as Record<string, unknown>;
    expect(thrown).toMatch(/^Command Injection/);
    expect(found).toBe(thrown);
    // Prototype pollution has a plugin; no hook that is there concerns the file.
    expect(rest).toEqual({ included: 1, excluded: 0, options: ['ssrf'] });
  });
});

it('hooks have the same numbers at each start: those of files in the order in which they are given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kcovjs-hooks-'));
  const files = ['slow.mjs', 'fast.mjs'].map((name) => join(folder, name));
  const hooking = JSON.stringify(jazzerPackagePath('@jazzer.js/hooking'));
  for (const file of files) {
    const wait = file.endsWith('slow.mjs') ? 'await new Promise((resolve) => setTimeout(resolve, 50));' : '';
    const name = JSON.stringify(basename(file));
    writeFileSync(
      file,
      `import hooking from ${hooking}; ${wait} hooking.registerBeforeHook(${name}, '', false, () => {});`,
    );
  }
  const script = `
    const { initDetectors } = await import(${JSON.stringify(built('detectors'))});
    const { hookDefinitions } = await import(${JSON.stringify(built('plugins'))});
    await initDetectors({ customHooks: ${JSON.stringify(files)} });
    console.log(hookDefinitions().slice(-2).map(({ target }) => target).join());`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(output).toBe('slow.mjs,fast.mjs\n');
});

describe("Jazzer.js's packages", () => {
  it.each([
    'core',
    'fuzzer',
    'hooking',
    'instrumentor',
    'bug-detectors',
  ])('%s is ours, whoever asks', (name) => {
    expect(jazzerPackagePath(`@jazzer.js/${name}`)).toMatch(
      new RegExp(`/@jazzer\\.js/${name}/dist/.*\\.js$`),
    );
  });

  it('files in them too', () => {
    expect(jazzerPackagePath('@jazzer.js/core/dist/finding.js')).toMatch(/core\/dist\/finding\.js$/);
  });

  it.each([
    '@jazzer.js/core/none.js',
    '@jazzer.js/corex',
    '@jazzer.js/jest-runner',
    'jazzer',
    './core',
  ])('%s is not one', (specifier) => expect(jazzerPackagePath(specifier)).toBe(undefined));
});

function built(name: string): string {
  return new URL(`../../dist/harness/engine/${name}.js`, import.meta.url).href;
}
