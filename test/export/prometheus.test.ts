import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Prometheus } from '../../harness/export/prometheus.ts';
import { UsageError } from '../../harness/usage.ts';
import { campaign, finding, HOSTILE, target, worker } from '../screen/states.ts';

async function scraped(state = campaign(754)): Promise<string> {
  const prometheus = await Prometheus.listen(0);
  prometheus.show(state);
  const response = await fetch(prometheus.url);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const body = await response.text();
  await prometheus.end(state);
  return body;
}

describe('the metrics', () => {
  test('are what the campaign knows, by target', async () => {
    const findings = [finding(1), finding(2), finding(3, { kind: 'timeout' })];
    const workers = [worker(1, { restarts: 2 }), worker(2, { state: 'restarting', memory: 20 })];
    const lines = (await scraped(campaign(754, { findings, workers }))).split('\n');
    for (const line of [
      'kcovjs_executions_total{target="parser.mjs"} 1768130',
      'kcovjs_executions_per_second{target="parser.mjs"} 2345',
      'kcovjs_covered_pcs{target="parser.mjs"} 879',
      'kcovjs_sites{target="parser.mjs"} 4000',
      'kcovjs_corpus_inputs{target="parser.mjs"} 874',
      'kcovjs_seconds_since_new{target="parser.mjs"} 4',
      'kcovjs_stability_ratio{target="parser.mjs"} 0.9987',
      'kcovjs_findings{target="parser.mjs",kind="error"} 2',
      'kcovjs_findings{target="parser.mjs",kind="timeout"} 1',
      'kcovjs_findings{target="parser.mjs",kind="crash"} 0',
      'kcovjs_workers{target="parser.mjs",state="running"} 1',
      'kcovjs_workers{target="parser.mjs",state="restarting"} 1',
      'kcovjs_worker_restarts_total{target="parser.mjs"} 2',
      `kcovjs_memory_bytes{target="parser.mjs"} ${201 * 2 ** 20}`,
    ])
      expect(lines).toContain(line);
    expect(lines.filter((line) => line.startsWith('# TYPE kcovjs_executions_total'))).toEqual([
      '# TYPE kcovjs_executions_total counter',
    ]);
  });

  test('are of the latest state each time, and of each target', async () => {
    const prometheus = await Prometheus.listen(0);
    const body = async (): Promise<string> => (await fetch(prometheus.url)).text();
    expect(await body()).not.toMatch(/^kcovjs_executions_total\{/m);
    prometheus.show(campaign(1));
    await body();
    const name = HOSTILE[1];
    prometheus.show(campaign(2, { targets: [target(2), target(2, { name })] }));
    const lines = (await body()).split('\n').filter((line) => line.startsWith('kcovjs_executions_total{'));
    expect(lines).toEqual([
      'kcovjs_executions_total{target="parser.mjs"} 4690',
      expect.stringMatching(/^kcovjs_executions_total\{target="Error: one\\ntwo.*"\} 4690$/s),
    ]);
    await prometheus.end(campaign(3));
  });

  test('have no time since something new where nothing was', async () => {
    expect(await scraped(campaign(0))).not.toMatch(/^kcovjs_seconds_since_new\{/m);
  });
});

describe('the endpoint', () => {
  test('answers GET /metrics, and nothing else', async () => {
    const prometheus = await Prometheus.listen(0);
    const { url } = prometheus;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect((await fetch(`${url}?a=b`)).status).toBe(200);
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
    const post = await fetch(url, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET']);
    await prometheus.end(campaign(1));
  });

  test('refuses a port that is in use in one line, and has it again after the end', async () => {
    const first = await Prometheus.listen(0);
    const port = Number(new URL(first.url).port);
    const refused = await Prometheus.listen(port).catch((error) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect(refused.message).toBe(
      `port ${port} is in use; name another for the metrics, or 0 for any that is free`,
    );
    await first.end(campaign(1));
    await (await Prometheus.listen(port)).end(campaign(1));
  });

  test('outlives what a client does wrong, and ends in spite of one that stays connected', async () => {
    const prometheus = await Prometheus.listen(0);
    const port = Number(new URL(prometheus.url).port);
    const bad = connect(port, '127.0.0.1').end('no HTTP\r\n\r\n');
    expect(await text(bad)).toMatch(/^HTTP\/1\.1 400/);
    const reset = connect(port, '127.0.0.1', () => reset.resetAndDestroy());
    const idle = connect(port, '127.0.0.1');
    await new Promise((resolve) => idle.on('connect', resolve));
    expect((await fetch(prometheus.url)).status).toBe(200);
    await prometheus.end(campaign(1));
    idle.destroy();
  });
});
