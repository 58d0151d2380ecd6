import { join } from 'node:path';
import { coverageOfSources } from '../report/coverage.ts';
import { writeHtml } from '../report/html.ts';
import { pageOf } from '../report/model/page.ts';
import { readSource } from '../report/model/source.ts';
import { answer } from './answer.ts';
import { writeProject } from './synthetic-project.ts';
import { synthesize } from './synthetic-run.ts';

/** A process of its own that builds one page and tells what it took. */
export interface PageRequest {
  folder: string;
  files: number;
  inputs: number;
}

export interface PageCost {
  files: number;
  inputs: number;
  /** Seconds that each stage takes: parsing, istanbul's map, the index with its frontier, and all chunks. */
  sources: number;
  coverage: number;
  index: number;
  chunks: number;
  /** Of the page. */
  bytes: number;
  /** Most that the process held, what it measured among it; megabytes. */
  memory: number;
}

async function build({ folder, files, inputs }: PageRequest): Promise<PageCost> {
  const paths = writeProject(folder, files);
  const [sources, reading] = timed(() => paths.map(readSource));
  const measured = synthesize(sources, inputs);
  const hits = new Map([...measured.pcs].map(([pc, { hits }]) => [pc, hits]));
  const started = performance.now();
  const map = await coverageOfSources(sources, hits);
  const coverage = seconds(started);
  const context = {
    target: 'target.mjs',
    command: 'bench',
    replay: 'replay',
    made: new Date(0),
    generator: 'bench',
  };
  const past = { findings: [], history: [] };
  const [{ index, chunks }, indexing] = timed(() => pageOf(measured, past, context, sources, map));
  const [{ bytes }, writing] = timed(() => writeHtml(join(folder, 'index.html'), index, chunks));
  const memory = process.resourceUsage().maxRSS / 1024;
  return { files, inputs, sources: reading, coverage, index: indexing, chunks: writing, bytes, memory };
}

function timed<R>(make: () => R): [R, number] {
  const started = performance.now();
  const made = make();
  return [made, seconds(started)];
}

const seconds = (started: number): number => (performance.now() - started) / 1000;

await answer(build);
