import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, test } from 'vitest';
import type { CampaignState } from '../../harness/campaign/state.ts';
import { junit } from '../../harness/export/junit.ts';
import { campaign, finding, HOSTILE, target } from '../screen/states.ts';

/** Throws for what is not well-formed. */
const parsed = (state: CampaignState) =>
  new DOMParser({ onError: (_, message) => expect.fail(message) }).parseFromString(
    junit(state, '/work/app'),
    'text/xml',
  );

const elements = (state: CampaignState, name: string) => Array.from(parsed(state).getElementsByTagName(name));

describe('JUnit XML', () => {
  test('has a suite for each target, with a test case for it and for each finding', () => {
    const targets = [target(754), target(754, { name: 'lexer.mjs' })];
    const state = campaign(754, {
      targets,
      findings: [finding(1), finding(2), finding(3, { target: 'lexer.mjs' })],
    });
    const [root] = elements(state, 'testsuites');
    expect(['tests', 'failures', 'errors', 'time'].map((name) => root!.getAttribute(name))).toEqual([
      '5',
      '3',
      '0',
      '754.000',
    ]);
    const suites = elements(state, 'testsuite').map((suite) => [
      suite.getAttribute('name'),
      suite.getAttribute('tests'),
      suite.getAttribute('failures'),
      suite.getElementsByTagName('testcase').length,
      suite.getElementsByTagName('failure').length,
    ]);
    expect(suites).toEqual([
      ['parser.mjs', '3', '2', 3, 2],
      ['lexer.mjs', '2', '1', 2, 1],
    ]);
  });

  test('a finding has its title, kind, place, stack and command', () => {
    const state = campaign(754, { findings: [finding(1)] });
    const test = elements(state, 'testcase')[1]!;
    expect(test.getAttribute('name')).toBe(finding(1).title);
    expect([test.getAttribute('file'), test.getAttribute('line')]).toEqual(['lib/decoder.js', '101']);
    const failure = elements(state, 'failure')[0]!;
    expect(failure.getAttribute('type')).toBe('error');
    expect(failure.getAttribute('message')).toBe(finding(1).title);
    for (const part of [finding(1).stack[2]!, 'reproduced 10/10', finding(1).command])
      expect(failure.textContent).toContain(part);
  });

  test('a target that never ran is an error', () => {
    const state = campaign(5, { targets: [target(0)] });
    expect(elements(state, 'error')).toHaveLength(1);
    expect(elements(state, 'testsuites')[0]!.getAttribute('errors')).toBe('1');
  });

  test('is well-formed whatever titles hold, and keeps of them what XML can write', () => {
    const titles = [...HOSTILE, '<a b="c">&amp;]]></a>\t\n\r', '\ufffe\uffff\u{1f600}'];
    const state = campaign(754, {
      findings: titles.map((title, i) => finding(i + 1, { title, stack: [`at ${title} (/x.js:1:1)`] })),
    });
    const messages = elements(state, 'failure').map((failure) => failure.getAttribute('message'));
    const writable = titles.map((title) =>
      title.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ''),
    );
    expect(messages).toEqual(writable);
  });
});
