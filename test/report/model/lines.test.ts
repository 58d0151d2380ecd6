import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import { describe, expect, test } from 'vitest';
import { LINE_STATES } from '../../../harness/report/page/data.ts';
import { fileOf, measure } from './measuring.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const stateOf = (index: number): string => LINE_STATES[index]!;

async function states(text: string, inputs: readonly unknown[]): Promise<string[]> {
  const { lines } = fileOf(await measure({ name: 'program.js', text }, inputs));
  return lines.map(([line, state, hits]) => `${line} ${stateOf(state)} ${hits}`);
}

test('a line is covered, partly, uncovered, or in a function that was never entered', async () => {
  const text = `exports.run = (n) => {
  let x = 0;
  if (n > 1) x = 2;
  if (n > 100)
    x = 3;
  x = n && 4;
  return x;
};
const never = () => {
  return 1;
};
`;
  expect(await states(text, [1, 2])).toEqual([
    '1 covered 1',
    '2 covered 2',
    '3 covered 2',
    '4 partly 2',
    '5 uncovered 0',
    '6 covered 2',
    '7 covered 2',
    '9 covered 1',
    '10 never 0',
  ]);
});

test('what never ran on a line that did is marked, with how often execution came by', async () => {
  const text = `exports.run = (n) => {
  if (n > 1) n = 2;
  return n > 9 ? 1 : n || 2;
  n++; n--;
};
exports.run(0); const f = () => 1;
`;
  const { marks } = fileOf(await measure({ name: 'program.js', text }, [4, 5]));
  expect(marks.map(({ range, kind, title }) => `${range.join(':')} ${kind} ${title}`)).toEqual([
    '3:18:3:19 branch then: never taken, 3 times here',
    '6:33:6:34 statement never ran',
  ]);
});

test('a line knows the smallest inputs that reach it, and how many', async () => {
  const text = 'exports.run = (n) => {\n  if (n > 3)\n    n++;\n  return n;\n};\n';
  const { lines, functions } = fileOf(await measure({ name: 'program.js', text }, [1, 9, 2, 8, 7, 6, 5, 4]));
  expect(lines.map(([line, , hits, inputs, smallest]) => [line, hits, inputs, smallest])).toEqual([
    [1, 1, 0, []],
    [2, 8, 8, [0, 1, 2, 3, 4]],
    [3, 6, 6, [1, 3, 4, 5, 6]],
    [4, 8, 8, [0, 1, 2, 3, 4]],
  ]);
  expect(functions).toEqual([
    {
      name: 'exports.run',
      range: [1, 15, 5, 2],
      calls: 8,
      statements: [3, 3],
      branches: [2, 2],
      pcs: [3, 3],
      inputs: 8,
      smallest: [0, 1, 2, 3, 4],
    },
  ]);
});

describe('a package', async () => {
  const decoder = readFileSync(resolve(ROOT, 'node_modules/jpeg-js/lib/decoder.js'), 'utf8');
  const image = readFileSync(resolve(ROOT, 'corpus/jpeg-js/seeds', 'grey-8x8.jpg'));
  const module = { exports: {} as never };
  const text = `${decoder}\nexports.run = (data) => decode(data);\n`;
  const inputs = [image, image.subarray(0, 100), Buffer.from('no image')];
  const measured = await measure({ name: 'decoder.js', text }, inputs, { module });
  const detail = fileOf(measured);
  const data = Object.values(measured.coverage.data)[0]! as unknown as { data: FileCoverageData };

  test("the totals of the page are those of istanbul's map", () => {
    const summary = measured.coverage.getCoverageSummary().data;
    const { totals, files } = measured.page.index;
    for (const kind of ['lines', 'statements', 'branches', 'functions'] as const) {
      expect(totals[kind], kind).toEqual([summary[kind].covered, summary[kind].total]);
      expect(files[0]![kind]).toEqual(totals[kind]);
    }
    expect(totals.lines[0]).toBeGreaterThan(200);
    expect(totals.pcs[1]).toBeGreaterThan(totals.pcs[0]);
  });

  test('lines, their counts and their states agree with it', () => {
    const counts = measured.coverage.fileCoverageFor(measured.path).getLineCoverage();
    expect(Object.fromEntries(detail.lines.map(([line, , hits]) => [line, hits]))).toEqual(counts);
    const { lines } = measured.page.index.totals;
    const ran = detail.lines.filter(([, state]) => ['covered', 'partly'].includes(stateOf(state)));
    expect([ran.length, detail.lines.length]).toEqual(lines);
    for (const [line, state] of detail.lines)
      expect(stateOf(state), `line ${line}`).toBe(expected(line, data.data));
    expect(new Set(detail.lines.map(([, state]) => stateOf(state)))).toEqual(new Set(LINE_STATES));
  });

  test('its functions have all PCs and branches but those of the top level', () => {
    const { functions } = measured.page.index.totals;
    expect(detail.functions.length).toBe(functions[1]);
    expect(detail.functions.filter(({ calls }) => calls > 0).length).toBe(functions[0]);
    const [module] = measured.sources[0]!.analysis.functions;
    const own = module!.sites.filter(({ kind }) => kind === 'block').length;
    const pcs = detail.functions.reduce((all, one) => all + one.pcs[1], 0);
    expect(pcs + own).toBe(measured.page.index.totals.pcs[1]);
    const branches = detail.functions.reduce((all, one) => all + one.branches[1], 0);
    const outside = module!.sites.filter(({ decision }) => decision !== undefined).length;
    expect(measured.page.index.totals.branches[1] - branches).toBeLessThanOrEqual(2 * outside);
    expect(detail.functions.map(({ name }) => name)).toContain('buildHuffmanTable');
  });

  test('every line that an input reached names one', () => {
    for (const [line, , hits, inputs, smallest] of detail.lines) {
      expect(smallest.length, `line ${line}`).toBe(Math.min(5, inputs));
      if (hits === 0) expect(inputs).toBe(0);
    }
    expect(detail.lines.filter(([, , , inputs]) => inputs > 0).length).toBeGreaterThan(200);
  });
});

/** From the map alone, as the page's docstrings say it. */
function expected(line: number, { statementMap, s, fnMap, f, branchMap, b }: FileCoverageData): string {
  const own = Object.keys(statementMap).filter((id) => statementMap[id]!.start.line === line);
  if (own.every((id) => s[id] === 0)) {
    const isNever = own.every((id) => {
      const { start } = statementMap[id]!;
      const around = Object.keys(fnMap).filter((fn) => {
        const { loc } = fnMap[fn]!;
        const isBehind =
          loc.start.line < start.line || (loc.start.line === start.line && loc.start.column <= start.column);
        const isBefore =
          loc.end.line > start.line || (loc.end.line === start.line && loc.end.column > start.column);
        return isBehind && isBefore;
      });
      const innermost = around.sort((x, y) => fnMap[y]!.loc.start.line - fnMap[x]!.loc.start.line)[0];
      return innermost !== undefined && f[innermost] === 0;
    });
    return isNever ? 'never' : 'uncovered';
  }
  const hasShutArm = Object.keys(branchMap).some((id) =>
    branchMap[id]!.locations.some(
      (arm, i) => (arm.start.line ?? branchMap[id]!.loc.start.line) === line && b[id]![i] === 0,
    ),
  );
  return hasShutArm || own.some((id) => s[id] === 0) ? 'partly' : 'covered';
}
