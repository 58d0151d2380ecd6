import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { HistoryLog } from '../../harness/campaign/history-log.ts';
import { historyFile } from '../../harness/findings/folders.ts';
import { readHistory } from '../../harness/findings/history.ts';

const SECOND = 1000;

function emptyCorpus(): { corpus: string; file: string } {
  const corpus = join(mkdtempSync(join(tmpdir(), 'kcovjs-history-')), 'corpus');
  const file = historyFile(corpus);
  mkdirSync(dirname(file), { recursive: true });
  return { corpus, file };
}

const point = (covered: number) => ({ covered, sites: 100, inputs: 3, executions: 10 * covered });

test('what is written is read again, each run a series of its own', () => {
  const { corpus, file } = emptyCorpus();
  const first = new HistoryLog(file, 1_000_000);
  first.add(500, () => point(1));
  first.add(2000, () => point(2));
  const second = new HistoryLog(file, 2_000_000);
  second.add(0, () => point(3));
  second.end(700, point(4));
  expect(readHistory(corpus)).toEqual([
    {
      start: 1_000_000,
      points: [
        { seconds: 0.5, ...point(1) },
        { seconds: 2, ...point(2) },
      ],
    },
    {
      start: 2_000_000,
      points: [
        { seconds: 0, ...point(3) },
        { seconds: 0.7, ...point(4) },
      ],
    },
  ]);
});

test('a run begins with a point a second, and a month of them has some hundred', () => {
  const { corpus, file } = emptyCorpus();
  const log = new HistoryLog(file, 0);
  const month = 30 * 24 * 3600;
  for (let second = 0; second < 3600; second += 0.5) log.add(second * SECOND, () => point(second));
  for (let second = 3600; second < month; second += 60) log.add(second * SECOND, () => point(second));
  const [{ points }] = readHistory(corpus) as [ReturnType<typeof readHistory>[number]];
  expect(points.slice(0, 20).map(({ seconds }) => seconds)).toEqual([...Array(20).keys()]);
  expect(points.length).toBeGreaterThan(200);
  expect(points.length).toBeLessThan(1000);
  expect(points.at(-1)!.seconds).toBeGreaterThan(0.95 * month);
});

test('a line that a kill has torn costs itself only: the next run begins a line', () => {
  const { corpus, file } = emptyCorpus();
  new HistoryLog(file, 1).add(0, () => point(1));
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, whole.slice(0, whole.length / 2));
  expect(readHistory(corpus)).toHaveLength(1);
  new HistoryLog(file, 2).add(0, () => point(2));
  expect(readHistory(corpus).map(({ start, points }) => [start, points.length])).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test('nothing in the file is believed: what is no point is left out, and nothing throws', () => {
  const { corpus, file } = emptyCorpus();
  const fine = { start: 5, seconds: 1, ...point(1) };
  const lines = [
    'no JSON',
    'null',
    '[]',
    JSON.stringify({ ...fine, start: 'yesterday' }),
    JSON.stringify({ ...fine, covered: -1 }),
    JSON.stringify({ ...fine, seconds: undefined }),
    '{"__proto__": {"start": 1}}',
    JSON.stringify({ ...fine, added: 'by a later version' }),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  expect(readHistory(corpus)).toEqual([{ start: 5, points: [{ seconds: 1, ...point(1) }] }]);
  expect(readHistory(join(corpus, 'nowhere'))).toEqual([]);
  expect(readHistory(dirname(dirname(file)))).toEqual([]);
});
