import { join } from 'node:path';
import { Campaign, type CampaignPlan } from '../campaign/campaign.ts';
import { always, FairShares } from '../campaign/schedule.ts';
import type { CampaignState } from '../campaign/state.ts';
import type { View } from '../campaign/view.ts';
import { flag } from '../engine/flags.ts';
import { writeExports } from '../export/files.ts';
import { campaignFolder } from '../findings/folders.ts';
import { type PeopleView, peopleView } from '../screen/people.ts';
import { EXIT } from '../usage.ts';
import { onInterrupt } from './interrupts.ts';
import { version } from './version.ts';

/** Milliseconds between two looks. */
const GLANCE = 250;
/** Milliseconds after which a start is shown. */
const LOADING = 5000;

export interface CampaignRequest {
  plans: readonly CampaignPlan[];
  workers: number;
  keepGoing: boolean;
  /** libFuzzer's: -max_total_time and -runs are for the whole. */
  flags: readonly string[];
  json: boolean;
  /** Port on loopback. */
  prometheus?: number;
}

/** Runs a campaign, shows it, and ends the process: 77 if anything was found, else 0. */
export async function campaignOf(request: CampaignRequest): Promise<never> {
  const people = request.json ? undefined : await peopleView();
  const views = await viewsOf(request, people);
  const campaign = await open(request);
  const say = (line: string): void => void process.stderr.write(`kcovjs: ${line}\n`);
  const done = onInterrupt(campaign, people === undefined ? say : (line) => people.print(line));
  const show = (): void => {
    const { state } = campaign;
    // A target that cannot be loaded is one line.
    if (state.phase === 'starting' && state.elapsed < LOADING) return;
    for (const view of views) view.show(state);
  };
  const glance = setInterval(show, GLANCE);
  campaign.on('finding', show);
  const isFound = await campaign.run().finally(() => {
    clearInterval(glance);
    done();
  });
  const { state } = campaign;
  for (const view of views) await view.end(state);
  writeReports(request, state);
  if (!request.keepGoing) printFindings(state, campaign.found);
  process.exit(isFound ? EXIT.finding : EXIT.ok);
}

function open({ plans, workers, keepGoing, flags }: CampaignRequest): Promise<Campaign> {
  const seconds = Number(flag(flags, 'max_total_time') ?? 0);
  const runs = Number(flag(flags, 'runs') ?? -1);
  const time = seconds > 0 ? seconds * 1000 : undefined;
  const share = runs < 0 ? [] : [`-runs=${Math.ceil(runs / workers)}`];
  return Campaign.open({
    plans: plans.map((plan) => ({ ...plan, flags: [...plan.flags, ...share] })),
    workers,
    keepGoing,
    ...(time !== undefined && { time }),
    schedule: (list) => (isPlain(plans) ? always(list) : new FairShares(list, workers, time)),
  });
}

const isPlain = (plans: readonly CampaignPlan[]): boolean =>
  plans.length === 1 && plans[0]!.budget === undefined;

async function viewsOf({ prometheus }: CampaignRequest, people: PeopleView | undefined): Promise<View[]> {
  const view = people ?? (await jsonLines());
  if (prometheus === undefined) return [view];
  const { Prometheus } = await import('../export/prometheus.ts');
  const metrics = await Prometheus.listen(prometheus);
  process.stderr.write(`kcovjs: metrics at ${metrics.url}\n`);
  return [view, metrics];
}

async function jsonLines(): Promise<View> {
  const { JsonLines } = await import('../export/json.ts');
  return new JsonLines(process.stdout);
}

/** For code hosts, beside each corpus. */
function writeReports({ plans }: CampaignRequest, state: CampaignState): void {
  for (const { name, corpus } of plans) {
    const own = {
      ...state,
      targets: state.targets.filter((target) => target.name === name),
      findings: state.findings.filter(({ target }) => target === name),
    };
    try {
      const folder = campaignFolder(corpus);
      writeExports(own, {
        sarif: join(folder, 'findings.sarif'),
        junit: join(folder, 'junit.xml'),
        version: version(),
      });
    } catch (error) {
      process.stderr.write(`kcovjs: no reports: ${(error as Error).message}\n`);
    }
  }
}

/** In libFuzzer's words, for those who look for them. */
function printFindings({ findings }: CampaignState, found: ReadonlySet<string>): void {
  for (const { title, stack, file, folder } of findings) {
    if (!found.has(folder)) continue;
    process.stderr.write(
      `==${process.pid}== Uncaught Exception: Jazzer.js: ${[title, ...stack.map((frame) => `    ${frame}`)].join('\n')}\n` +
        `artifact_prefix='${folder}/'; Test unit written to ${file}\n`,
    );
  }
}
