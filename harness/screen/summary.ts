import type { CampaignState } from '../campaign/state.ts';
import { totals } from '../campaign/totals.ts';
import type { FindingState } from '../findings/finding.ts';
import { harmless } from '../harmless.ts';
import type { Colors } from './colors.ts';
import type { Diagnosis } from './diagnosis.ts';
import { padEnd } from './text.ts';
import { clock, count, percent, perSecond, plural } from './units.ts';

const LABEL = 12;

/** The end of a campaign for people, in lines that are as long as they are: what they name is to be copied. */
export function summary(state: CampaignState, diagnoses: readonly Diagnosis[], colors: Colors): string[] {
  const label = (name: string, text: string): string => `  ${colors.dim(padEnd(name, LABEL))}${text}`;
  return [
    `${colors.bold('kcovjs')} done after ${clock(state.elapsed)}`,
    label('executions', executions(state)),
    ...state.targets.flatMap((target) => {
      const name = state.targets.length > 1 ? `${harmless(target.name)}: ` : '';
      const { covered, sites, stability, inputs, newInputs, corpus } = target;
      const share = sites === 0 ? '' : ` (${percent(covered / sites)})`;
      const added = newInputs === undefined ? '' : `, ${count(newInputs)} of them new`;
      return [
        label(
          'coverage',
          `${name}${count(covered)} of ${count(sites)} places${share}, stability ${percent(stability)}`,
        ),
        label('corpus', `${name}${plural(inputs, 'input')} in ${harmless(corpus)}${added}`),
      ];
    }),
    label('findings', state.findings.length === 0 ? 'none' : colors.red(count(state.findings.length))),
    ...state.findings.flatMap((finding, i) => findingLines(finding, i + 1, colors)),
    ...nextSteps(state, diagnoses).map((text, i) => label(i === 0 ? 'next' : '', text)),
  ];
}

function executions(state: CampaignState): string {
  const { executions } = totals(state);
  const rate = state.elapsed === 0 ? 0 : executions / (state.elapsed / 1000);
  return `${count(executions)} (${perSecond(rate)}) by ${plural(state.workers.length, 'worker')}`;
}

type Told = Pick<FindingState, 'kind' | 'title' | 'count' | 'reproduced' | 'folder' | 'command'>;

/** `1. error TypeError: … (12 times, reproduced 10/10) in corpus.kcovjs/findings/…`, and the command below. */
export function findingLines(finding: Told, number: number, colors: Colors): string[] {
  const { kind, title, count: times, reproduced, folder, command } = finding;
  const seen = `${count(times)} ${times === 1 ? 'time' : 'times'}, reproduced ${reproduced}/10`;
  const head = `${padEnd(`${number}.`, 3)} ${colors.red(kind)} ${harmless(title)}`;
  return [
    `    ${head} ${colors.dim(`(${seen}) in ${harmless(folder)}`)}`,
    `        ${colors.cyan(harmless(command))}`,
  ];
}

function nextSteps({ findings, targets }: CampaignState, diagnoses: readonly Diagnosis[]): string[] {
  const [target] = targets;
  const corpus = harmless(target?.corpus ?? 'corpus');
  const advice =
    findings.length > 0
      ? `fix what was found, beginning with what is reproduced 10/10, and start again: it goes on from here (kcovjs findings ${corpus} lists it again)`
      : `nothing was found: start again for longer, it goes on from here; kcovjs report shows what is not reached yet`;
  return [advice, ...diagnoses.map(({ text }) => text)];
}
