import { Counter, Gauge, Registry } from 'prom-client';
import type { CampaignState, TargetState, WorkerState } from '../campaign/state.ts';
import { KINDS } from '../findings/kinds.ts';

const MEGABYTE = 2 ** 20;

/** Numbers of each target: name, help, value; undefined where there is none yet. */
const OF_TARGETS: readonly (readonly [string, string, (target: TargetState) => number | undefined])[] = [
  ['kcovjs_executions_per_second', 'Executions a second, of the last ten seconds', ({ rate }) => rate],
  ['kcovjs_execution_mean_seconds', 'Duration of a mean execution', (t) => t.meanMilliseconds / 1000],
  ['kcovjs_covered_pcs', 'PCs that were reached', ({ covered }) => covered],
  ['kcovjs_sites', 'Sites in the files that are loaded', ({ sites }) => sites],
  ['kcovjs_instrumented_files', 'Files that are instrumented', ({ files }) => files],
  ['kcovjs_corpus_inputs', 'Inputs in the corpus', ({ inputs }) => inputs],
  [
    'kcovjs_seconds_since_new',
    'Time since a PC was reached first',
    ({ sinceNew }) => sinceNew && sinceNew / 1000,
  ],
  ['kcovjs_stability_ratio', 'PCs that are the same when an input runs again', ({ stability }) => stability],
  ['kcovjs_overflowed_ratio', 'Runs whose trace did not fit its buffer', ({ overflowed }) => overflowed],
];

const WORKER_STATES = [
  'starting',
  'running',
  'restarting',
  'stopped',
] as const satisfies WorkerState['state'][];

/** The last state of a campaign in Prometheus's text format, by a registry of its own. */
export class Metrics {
  state: CampaignState | undefined;
  readonly #registry = new Registry();
  readonly #ofTargets = OF_TARGETS.map(([name, help, value]) => ({ gauge: this.#gauge(name, help), value }));
  readonly #executions = this.#counter('kcovjs_executions_total', 'Executions since the start');
  readonly #restarts = this.#counter('kcovjs_worker_restarts_total', 'Workers that were started anew');
  readonly #findings = this.#gauge('kcovjs_findings', 'Distinct findings', ['kind']);
  readonly #workers = this.#gauge('kcovjs_workers', 'Workers', ['state']);
  readonly #memory = this.#gauge('kcovjs_memory_bytes', 'Memory of the workers');

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    this.#registry.resetMetrics();
    for (const target of this.state?.targets ?? []) this.#set(target, this.state!);
    return this.#registry.metrics();
  }

  #set(target: TargetState, { workers, findings }: CampaignState): void {
    const labels = { target: target.name };
    const own = workers.filter((worker) => worker.target === target.name);
    const sum = (of: (worker: WorkerState) => number): number =>
      own.reduce((total, one) => total + of(one), 0);
    for (const { gauge, value } of this.#ofTargets) {
      const now = value(target);
      if (now !== undefined) gauge.set(labels, now);
    }
    this.#executions.inc(labels, target.executions);
    this.#restarts.inc(
      labels,
      sum(({ restarts }) => restarts),
    );
    this.#memory.set(labels, sum(({ memory }) => memory) * MEGABYTE);
    for (const state of WORKER_STATES)
      this.#workers.set({ ...labels, state }, own.filter((worker) => worker.state === state).length);
    for (const kind of KINDS) {
      const alike = findings.filter((finding) => finding.target === target.name && finding.kind === kind);
      this.#findings.set({ ...labels, kind }, alike.length);
    }
  }

  #gauge(name: string, help: string, further: readonly string[] = []): Gauge<string> {
    return new Gauge({ name, help, labelNames: ['target', ...further], registers: [this.#registry] });
  }

  #counter(name: string, help: string): Counter<string> {
    return new Counter({ name, help, labelNames: ['target'], registers: [this.#registry] });
  }
}
