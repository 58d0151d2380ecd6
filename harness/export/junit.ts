import type { CampaignState, TargetState } from '../campaign/state.ts';
import type { FindingState } from '../findings/finding.ts';
import { type Element, xml } from '../xml.ts';
import { ownPlace, pathFrom, placesOf } from './place.ts';

/**
 * Findings as JUnit XML, for code hosts: a suite for each target, with a test case for the target itself, which fails
 * where it did not run, and one that fails for each finding.
 *
 * @param cwd absolute folder: paths in it are relative to it
 */
export function junit(state: CampaignState, cwd: string): string {
  const suites = state.targets.map((target) => suite(target, state, cwd));
  const counts = (name: 'tests' | 'failures' | 'errors'): number =>
    suites.reduce((sum, { attributes }) => sum + Number(attributes![name]), 0);
  const root: Element = {
    name: 'testsuites',
    attributes: {
      name: 'kcovjs',
      tests: counts('tests'),
      failures: counts('failures'),
      errors: counts('errors'),
      time: seconds(state.elapsed),
    },
    children: suites,
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml(root)}\n`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

function suite(target: TargetState, state: CampaignState, cwd: string): Element {
  const findings = state.findings.filter((finding) => finding.target === target.name);
  const start = new Date(state.now - state.elapsed).toISOString();
  return {
    name: 'testsuite',
    attributes: {
      name: target.name,
      tests: 1 + findings.length,
      failures: findings.length,
      errors: target.executions === 0 ? 1 : 0,
      skipped: 0,
      time: seconds(state.elapsed),
      // The schema wants it without a zone.
      timestamp: start.slice(0, 19),
    },
    children: [whole(target, state), ...findings.map((finding) => failed(finding, cwd))],
  };
}

/** The test case of the target itself. */
function whole(target: TargetState, { elapsed }: CampaignState): Element {
  const { name, executions, covered, sites, inputs } = target;
  const text = `${executions} executions, ${covered} of ${sites} places covered, ${inputs} inputs in ${target.corpus}`;
  return {
    name: 'testcase',
    attributes: { name: 'fuzzing', classname: name, time: seconds(elapsed) },
    children:
      executions === 0
        ? [{ name: 'error', attributes: { message: 'the target was never executed', type: 'start' } }]
        : [{ name: 'system-out', children: text }],
  };
}

function failed(finding: FindingState, cwd: string): Element {
  const { title, kind, stack, command, file, count, reproduced } = finding;
  const place = ownPlace(placesOf(stack), cwd);
  const path = place && (pathFrom(place.file, cwd) ?? place.file);
  const lines = [
    title,
    ...stack.map((frame) => `    ${frame}`),
    '',
    `seen ${count} times, reproduced ${reproduced}/10`,
    `input: ${file}`,
    `again: ${command}`,
  ];
  return {
    name: 'testcase',
    attributes: {
      name: title,
      classname: finding.target,
      time: seconds(0),
      ...(place && path && { file: path, line: place.line }),
    },
    children: [{ name: 'failure', attributes: { message: title, type: kind }, children: lines.join('\n') }],
  };
}
