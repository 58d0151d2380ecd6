import { createRequire } from 'node:module';
import Ajv from 'ajv';
import type { Location, Log, Result } from 'sarif';
import { describe, expect, test } from 'vitest';
import { ownPlace, placesOf } from '../../harness/export/place.ts';
import { sarif } from '../../harness/export/sarif.ts';
import { campaign, finding, HOSTILE, START } from '../screen/states.ts';

const OPTIONS = { cwd: '/work/app', version: '1.2.3' };
const log = (findings: ReturnType<typeof finding>[]): Log =>
  sarif(campaign(754, { findings, phase: 'done' }), OPTIONS);
const only = (more: Parameters<typeof finding>[1]): Result => log([finding(1, more)]).runs[0]!.results![0]!;
const place = ({ physicalLocation }: Location) => ({
  ...physicalLocation!.artifactLocation,
  line: physicalLocation!.region?.startLine,
  column: physicalLocation!.region?.startColumn,
});

const require = createRequire(import.meta.url);

/** What is wrong with a log by OASIS's own schema. */
function faults(log: unknown): unknown {
  const ajv = new Ajv({ schemaId: 'auto', meta: false, jsonPointers: true });
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
  const isValid = ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
  return isValid(log) ? null : isValid.errors!.map(({ dataPath, message }) => `${dataPath} ${message}`);
}

describe('by the official schema, SARIF', () => {
  const written = (findings: ReturnType<typeof finding>[]) => JSON.stringify(log(findings));
  const full = written([
    finding(1),
    ...HOSTILE.map((title, i) =>
      finding(i + 2, { title, stack: i % 2 ? [] : [`at ${title} (/x y.js:1:1)`] }),
    ),
  ]);

  test('is valid with findings of all kinds, and without any', () => {
    expect(faults(JSON.parse(full))).toBeNull();
    expect(faults(JSON.parse(written([])))).toBeNull();
  });
  test('would not be, were anything of it otherwise', () => {
    for (const part of [
      '"2.1.0"',
      '"startLine"',
      '"text"',
      '"ruleIndex"',
      '"frames"',
      '"uri"',
      '"fingerprints"',
    ]) {
      expect(full).toContain(part);
      expect(faults(JSON.parse(full.replace(part, '"x"'))), part).not.toBeNull();
    }
  });
});

describe('SARIF', () => {
  test('has a rule for each kind, and says when and where it ran', () => {
    const { version, $schema, runs } = log([]);
    expect(version).toBe('2.1.0');
    expect($schema).toMatch(/sarif-schema-2\.1\.0\.json$/);
    const [run] = runs;
    expect(run!.tool.driver).toMatchObject({ name: 'kcovjs', version: '1.2.3' });
    expect(run!.tool.driver.rules!.map(({ id }) => id)).toEqual([
      'error',
      'detector',
      'rejection',
      'timeout',
      'oom',
      'crash',
      'exit',
    ]);
    expect(run!.originalUriBaseIds).toEqual({ '%SRCROOT%': { uri: 'file:///work/app/' } });
    expect(run!.invocations).toEqual([
      {
        executionSuccessful: true,
        startTimeUtc: new Date(START).toISOString(),
        endTimeUtc: new Date(START + 754_000).toISOString(),
      },
    ]);
    expect(run!.results).toEqual([]);
  });

  test('places a finding at the innermost frame of the user’s own code', () => {
    const result = only({
      stack: [
        'at JSON.parse (<anonymous>)',
        'at read (/work/app/node_modules/dep/index.js:5:6)',
        'at decode (/work/app/lib/my%20file #1.js:101:9)',
        'at Module.fuzz (file:///work/app/fuzz.mjs:3:10)',
      ],
    });
    expect(place(result.locations![0]!)).toEqual({
      uri: 'lib/my%2520file%20%231.js',
      uriBaseId: '%SRCROOT%',
      line: 101,
      column: 9,
    });
    expect(result.locations![0]!.logicalLocations).toEqual([
      { fullyQualifiedName: 'decode', kind: 'function' },
    ]);
    const frames = result.stacks![0]!.frames.map(({ location }) => place(location!).uri);
    expect(frames).toEqual(['node_modules/dep/index.js', 'lib/my%2520file%20%231.js', 'fuzz.mjs']);
    const flow = result.codeFlows![0]!.threadFlows[0]!.locations.map(({ location }) => place(location!).uri);
    expect(flow).toEqual(frames.toReversed());
  });

  test('names files outside of the working directory in full, and inputs where there is no stack', () => {
    const elsewhere = only({ stack: ['at f (/usr/lib/x.js:1:2)'] });
    expect(place(elsewhere.locations![0]!)).toEqual({ uri: 'file:///usr/lib/x.js', line: 1, column: 2 });
    const without = only({ kind: 'oom', stack: [] });
    expect(place(without.locations![0]!)).toMatchObject({
      uri: 'corpus.kcovjs/findings/typeerror-decode-1/input',
      uriBaseId: '%SRCROOT%',
    });
    expect(without).not.toHaveProperty('stacks');
  });

  test('tells findings apart in the same way each time', () => {
    const keys = (numbers: number[]) =>
      log(numbers.map((number) => finding(number))).runs[0]!.results!.map(
        ({ partialFingerprints }) => partialFingerprints,
      );
    const [one, two] = keys([1, 2]);
    expect(one).not.toEqual(two);
    expect(keys([2, 1])).toEqual([two, one]);
  });

  test('says what was found, how often it is reproduced, and how to run it again', () => {
    const result = only({ reproduced: 4, count: 12 });
    expect(result).toMatchObject({ ruleId: 'error', ruleIndex: 0, level: 'error', occurrenceCount: 12 });
    expect(result.message.text).toMatch(/^TypeError: .*4 of 10 runs .*npx kcovjs replay/);
    expect(result.attachments![0]!.artifactLocation.uri).toBe(
      'corpus.kcovjs/findings/typeerror-decode-1/input',
    );
    expect(only({ reproduced: 0 }).level).toBe('warning');
  });

  test('has no placeholders, links or escapes in its messages, whatever titles hold', () => {
    expect(only({ title: 'a {0} [x](1)' }).message.text).toMatch(/^a \{\{0\}\} \[x\\\]\(1\)/);
    for (const title of HOSTILE) expect(only({ title }).message.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});

describe('frames of stacks', () => {
  test.each<[string, unknown]>([
    ['at decode (/lib/a.js:1:2)', { name: 'decode', file: '/lib/a.js', line: 1, column: 2 }],
    [
      'at async Foo.bar [as baz] (/lib/a b.js:1:2)',
      { name: 'Foo.bar [as baz]', file: '/lib/a b.js', line: 1, column: 2 },
    ],
    ['at /lib/a.js:1:2', { name: '', file: '/lib/a.js', line: 1, column: 2 }],
    ['at async file:///lib/a%20b.mjs:10:20', { name: '', file: '/lib/a b.mjs', line: 10, column: 20 }],
    [
      'at new Thing (file:///lib/a.mjs:10:20)',
      { name: 'new Thing', file: '/lib/a.mjs', line: 10, column: 20 },
    ],
    ['at f (/lib/x (copy):3/a.js:1:2)', { name: 'f', file: '/lib/x (copy):3/a.js', line: 1, column: 2 }],
  ])('%s', (frame, expected) => {
    expect(placesOf([frame])).toEqual([expected]);
  });
  test.each([
    'at JSON.parse (<anonymous>)',
    'at node:fs:1:2',
    'at f (node:internal/x:1:2)',
    'at f (index 0)',
    '',
    'x',
  ])('none: %s', (frame) => {
    expect(placesOf([frame])).toEqual([]);
  });
  test('a folder beside the working directory is not in it', () => {
    const places = placesOf(['at f (/work/app-2/a.js:1:2)', 'at g (/work/app/..b/c.js:1:2)']);
    expect(ownPlace(places, '/work/app')!.name).toBe('g');
  });
});
