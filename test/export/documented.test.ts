import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Metrics } from '../../harness/export/metrics.ts';
import { findingRecord, noteRecord, statusRecord, summaryRecord } from '../../harness/export/records.ts';
import { recordOf } from '../../harness/findings/record.ts';
import { ROOT } from '../cli/kcovjs.ts';
import { campaign, finding } from '../screen/states.ts';

const PAGE = readFileSync(join(ROOT, 'docs/campaigns.md'), 'utf8');
const state = campaign(754, { findings: [finding(1)] });

describe('docs/campaigns.md names', () => {
  test('every field of every JSON line, and of a finding’s record', () => {
    const records = [
      statusRecord(state),
      summaryRecord(state),
      noteRecord(state, 'x'),
      findingRecord(state, finding(1)),
      recordOf(finding(1), []),
      statusRecord(state).targets[0]!,
      statusRecord(state).workers[0]!,
    ];
    for (const record of records)
      for (const name of Object.keys(record)) expect(PAGE).toContain(`\`${name}\``);
  });

  test('every metric', async () => {
    const metrics = new Metrics();
    metrics.state = state;
    const names = [...(await metrics.text()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(PAGE).toMatch(new RegExp(`\`${name}(\\{\\w+=\\})?\``));
  });

  test('every diagnosis', () => {
    const rules = ['campaign-rules', 'target-rules']
      .map((file) => readFileSync(join(ROOT, `harness/screen/${file}.ts`), 'utf8'))
      .join('');
    const ids = [...rules.matchAll(/(?:problem|warning|hint)\(\s*'([\w-]+)'|, '([a-z-]+)', '/g)].map(
      ([, a, b]) => a ?? b!,
    );
    expect(ids.length).toBeGreaterThan(9);
    for (const id of ids) expect(PAGE).toContain(`\`${id}\``);
  });
});
