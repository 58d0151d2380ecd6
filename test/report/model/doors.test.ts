import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { Reach } from '../../../harness/report/model/reach.ts';
import { shutDoors } from '../../../harness/report/model/shut.ts';
import type { Door } from '../../../harness/report/page/data.ts';
import fc from '../../fast-check.ts';
import { smallPrograms } from '../../instrument/small-programs.ts';
import { doorsOf, measure } from './measuring.ts';

/** `kind line:column code visits/inputs [what was never entered] +behind left~right`, from the first to the last. */
function written({ kind, place, code, visits, inputs, range, behind, compares }: Door): string {
  const [closest] = compares;
  const values = closest === undefined ? '' : ` ${closest.left.value}~${closest.right.value}`;
  return `${kind} ${place.join(':')} ${code} ${visits}/${inputs} [${range.join(':')}] +${behind}${values}`;
}

async function doors(text: string, inputs: readonly unknown[]): Promise<string[]> {
  return doorsOf(await measure({ name: 'program.js', text }, inputs)).map(written);
}

const run = (body: string): string => `exports.run = (x) => {\n${body}\n};\n`;

describe('a door of each kind', () => {
  test.each<[what: string, body: string, inputs: unknown[], expected: string[]]>([
    ['an arm', 'if (x === 7) x++;', [1, 4, 30], ['then 2:5 x === 7 3/3 [2:14:2:18] +1 7~4']],
    ['an `else`', 'if (x < 50) x++;\nelse x--;', [1, 4], ['else 2:5 x < 50 2/2 [3:6:3:10] +1 50~4']],
    [
      'an `else` that is not there',
      'if (x < 50) x++;\nx--;',
      [1, 4],
      ['else 2:5 x < 50 2/2 [2:17:2:17] +1 50~4'],
    ],
    [
      'an `else` that is not there leads to what comes next',
      'if (x < 50) return 1;\nx--;\nreturn x;',
      [1, 4],
      ['else 2:5 x < 50 2/2 [3:1:5:2] +2 50~4'],
    ],
    [
      'an `else if` is come to by the `else` alone',
      'if (x === 1) x++;\nelse if (x === 9) x--;',
      [1, 1, 4],
      ['then 3:10 x === 9 1/1 [3:19:3:23] +1 9~4'],
    ],
    [
      'a right operand, and the arm behind it',
      'if (x > 9 && x < 20) x++;',
      [1, 4],
      ['operand 2:5 x > 9 2/2 [2:14:2:20] +2 9~4'],
    ],
    [
      'the last of several operands is decided by the one before it',
      'return x > 2 && x > 9 && x > 5;',
      [1, 4, 5],
      ['operand 2:17 x > 9 2/2 [2:26:2:31] +1 9~5'],
    ],
    [
      'an arm that several operands lead to is kept shut by the last of them',
      'if (x > 2 && x === 9) x++;',
      [1, 4, 5],
      ['then 2:5 x > 2 && x === 9 3/3 [2:23:2:27] +1 9~5'],
    ],
    ['an alternative', 'return x || 4;', [1, 4], ['operand 2:8 x 2/2 [2:13:2:14] +1']],
    ['an assignment that depends', 'x ??= 4;', [1, 4], ['operand 2:1 x 2/2 [2:7:2:8] +1']],
    ['an arm of `?:`', 'return x === 3 ? 1 : 2;', [1], ['then 2:8 x === 3 1/1 [2:18:2:19] +1 3~1']],
    ['a default value', 'const f = (a = 1) => a;\nf(x);', [5], ['default 2:12 a 1/1 [2:16:2:17] +1']],
    ['a `catch`', 'try { x++; } catch { x = 0; }', [5], ['catch 2:1 try { x++; } 1/1 [2:20:2:30] +1']],
    [
      'the body of a loop, each time its test is evaluated',
      'for (let i = 0; i < x; i++) { while (x > 20) x--; }',
      [3],
      ['loop 2:38 x > 20 3/1 [2:46:2:50] +1 20~3'],
    ],
    [
      'the body of a `for … of`',
      'for (const y of [x].slice(1)) x++;',
      [3],
      ['loop 2:6 const y of [x].slice(1) 1/1 [2:31:2:35] +1'],
    ],
    [
      'an operand in the test of a loop, once for each turn and once more',
      'let i = 0;\nwhile ((x === 50 && x), i++ < 3) ;',
      [9],
      ['operand 3:9 x === 50 4/1 [3:21:3:22] +1 50~9'],
    ],
    [
      'an operand in what goes on to the next turn',
      'for (let i = 0; i < 3; i++, x === 50 && x) ;',
      [9],
      ['operand 2:29 x === 50 3/1 [2:41:2:42] +1 50~9'],
    ],
    [
      'a case, with what the value was that came closest to it',
      'switch (x) {\n  case 3: return 1;\n  case 9: return 2;\n  default: return 3;\n}',
      [3, 3, 5, 6],
      ['case 4:8 switch (x) case 9 4/4 [4:3:4:20] +1 9~6'],
    ],
    [
      'what follows a statement that always left',
      'switch (x) {\n  case 3: return 1;\n  case 4: return 2;\n}\nreturn 3;',
      [3, 4],
      ['rest 2:1 switch (x) { case 3: return 1; case 4: return 2; } 2/2 [6:1:7:2] +1 4~3'],
    ],
    [
      'a test that never comes to an end is one door, whatever comes behind it',
      'if (JSON.parse("{") && x) x++;\nelse x--;\nif (x) x++;',
      [1],
      ['operand 2:5 JSON.parse("{") 1/1 [2:24:2:25] +5'],
    ],
    [
      'a door behind a door is not listed',
      'if (x === 7) {\n  if (x === 8) x++;\n  for (;x;) x--;\n}',
      [1],
      ['then 2:5 x === 7 1/1 [2:14:5:2] +4 7~1'],
    ],
    [
      'a call of a function of the same file is kept shut by what that compares',
      'function isA(c) { return c === 65; }\nif (isA(x)) x++;',
      [60, 66],
      ['then 3:5 isA(x) 2/2 [3:13:3:17] +1 65~66'],
    ],
  ])('%s', async (_, body, inputs, expected) => {
    expect(await doors(run(body), inputs)).toEqual(expected);
  });

  test('what is open is no door', async () => {
    expect(await doors(run('if (x > 1 && x < 9) x++;\nelse x--;'), [0, 4, 10])).toEqual([]);
  });

  test('a function that was never entered is no door, and counts behind the one that it stands in', async () => {
    const body = 'function f() { if (x) x++; }\nif (x === 1) (() => { if (x) x++; })();';
    expect(await doors(run(body), [2])).toEqual(['then 3:5 x === 1 1/1 [3:14:3:40] +4 1~2']);
  });
});

test('the doors to which execution came most often are first', async () => {
  const body =
    'if (x === 70) x++;\nfor (let i = 0; i < 9; i++) if (x === 80) x++;\nif (x === 90) { x++; if (x) x--; }';
  const found = await doors(run(body), [1, 2]);
  expect(found.map((door) => door.split(' ')[1])).toEqual(['3:33', '4:5', '2:5']);
});

const TYPESCRIPT = `interface Head { kind: number; name?: string }

export function run(x: number): string {
  const head: Head = { kind: x };
  if (head.kind === 77) {
    return 'seen';
  } else if (head.kind > 500) return 'large';
  return head.name ?? 'none';
}
`;

test.each([
  true,
  false,
])('doors of compiled TypeScript are in what a person wrote; on the disk: %s', async (isThere) => {
  const options = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    sourceMap: true,
    inlineSources: true,
  };
  const out = ts.transpileModule(TYPESCRIPT, { fileName: 'head.ts', compilerOptions: options });
  const program = { name: 'head.js', text: out.outputText, map: out.sourceMapText! };
  const beside = { 'head.js.map': out.sourceMapText!, ...(isThere && { 'head.ts': TYPESCRIPT }) };
  const measured = await measure({ ...program, beside }, [1, 70]);
  const { index } = measured.page;
  expect(index.files.map(({ path }) => path)).toEqual(['head.ts']);
  expect(doorsOf(measured).map(written)).toEqual([
    'then 5:7 head.kind === 77 2/2 [5:25:7:4] +1 77~70',
    'then 7:14 head.kind > 500 2/2 [7:31:7:46] +1 500~70',
  ]);
  const chunk = [...measured.page.chunks][0]!.content as { text: string };
  expect(chunk.text).toBe(TYPESCRIPT);
});

/** `KCOVJS_DOORS_RUNS=3000 npx vitest run test/report/model/doors.test.ts --testTimeout=3600000` for an hour. */
const RUNS = Number(process.env['KCOVJS_DOORS_RUNS'] ?? 100);

test(
  'in random programs every door is shut in what ran, and all that never ran lies behind one',
  async () => {
    let listed = 0;
    await fc.assert(
      fc.asyncProperty(smallPrograms, async (text) => {
        let left = 40;
        const fuel = (): boolean => {
          if (left-- <= 0) throw 77;
          return true;
        };
        const { sources, measured, page } = await measure({ name: 'program.js', text }, [], { fuel });
        const reach = new Reach(measured.pcs);
        const [source] = sources;
        const hits = (site: { offset: number }) => reach.hits(source!, site as never);
        const found = shutDoors(source!, reach);
        for (const { site, decision, visits, start, end } of found) {
          expect(hits(site)).toBe(0);
          expect(visits).toBeGreaterThan(0);
          expect(decision.from.some((block) => hits(block) > 0)).toBe(true);
          expect(start).toBeLessThanOrEqual(end);
        }
        expect(new Set(found.map(({ site }) => site)).size).toBe(found.length);
        expect(page.index.doors).toBe(found.length);

        // Functions stand in what ran and are entered from elsewhere; they are no doors, nor is what is in them.
        const blocks = source!.analysis.functions.flatMap(({ sites }) =>
          sites.filter(({ kind }) => kind === 'block'),
        );
        const isBehind = (site: (typeof blocks)[number]): boolean => {
          if (site.decision === undefined)
            return site.parent !== null && hits(site.parent) === 0 && isBehind(site.parent);
          return site.decision.from.some((block) => hits(block) > 0) || isBehind(site.decision.from[0]!);
        };
        const shut = blocks.filter((site) => hits(site) === 0 && isBehind(site));
        expect(found.reduce((sum, { behind }) => sum + behind, 0)).toBe(shut.length);
        listed += found.length;
      }),
      { numRuns: RUNS },
    );
    expect(listed).toBeGreaterThan(RUNS);
  },
  Math.max(120_000, RUNS * 500),
);
