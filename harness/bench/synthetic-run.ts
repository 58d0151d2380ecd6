import { textOffset } from '../../src/abi/text.ts';
import { boot } from '../../src/boot.ts';
import { lineTable } from '../../src/instrument/lines.ts';
import type { FunctionSites, Site } from '../../src/instrument/sites.ts';
import type { Compared, Detail, Measured, MeasuredInput, Reached } from '../report/measure/measured.ts';
import { SMALLEST } from '../report/measure/measured.ts';
import type { Source } from '../report/model/source.ts';
import { snapshot } from '../snapshot.ts';
import { Random } from './random.ts';

/** Inputs that have a detail, and PCs of each trace, in the middle. */
const DETAILS = 2000;
const TRACE = 1500;

/** What a run of a corpus could have measured of files, without running them; the same on every machine. */
export function synthesize(sources: readonly Source[], inputs: number): Measured {
  const random = new Random(inputs);
  const reached = new Map<number, Reached>();
  const compares = new Map<number, Compared[]>();
  const traces: number[][] = [];
  for (const source of sources) {
    load(source);
    for (const sites of source.analysis.functions) {
      const covered = coveredSites(sites, random);
      for (const site of covered) reached.set(pcOf(source, site), someReached(random, inputs));
      for (const site of sites.sites)
        if (site.kind === 'cmp' && covered.size > 0)
          compares.set(pcOf(source, site), [somePair(random, inputs)]);
      if (covered.size > 1) traces.push([...covered].map((site) => pcOf(source, site)));
    }
  }
  const modules = sources.map(({ filename, analysis }) => ({ filename, address: analysis.address }));
  const list = Array.from({ length: inputs }, (_, i): MeasuredInput => someInput(random, i));
  const details = someDetails(random, inputs, traces);
  return { elf: snapshot(), modules, inputs: list, pcs: reached, compares, details, notes: [] };
}

const pcOf = ({ analysis }: Source, site: Site): number => textOffset(analysis.pcOf(site));

/** As the compiled file would, were it loaded. */
function load({ filename, analysis }: Source): void {
  const all = analysis.functions.filter(({ sites }) => sites.length > 0);
  const symbols = all.map(({ name, sites }) => ({ name, offset: sites[0]!.offset, size: 8 * sites.length }));
  const lines = lineTable(
    all.flatMap(({ sites }) => sites),
    filename,
  );
  const size = symbols.reduce((sum, one) => sum + one.size, 0);
  const base = Number(analysis.address & 0x7fffffffn);
  boot().kernel.kldload(filename, base, size, JSON.stringify({ symbols, lines, literals: [], numbers: [] }));
}

/** Blocks of which the one around is covered, most of them. */
function coveredSites({ sites }: FunctionSites, random: Random): Set<Site> {
  const covered = new Set<Site>();
  for (const site of sites) {
    if (site.kind !== 'block') continue;
    const isOpen = site.decision === undefined || site.decision.from.some((block) => covered.has(block));
    if (isOpen && random.below(4) > 0) covered.add(site);
  }
  return covered;
}

function someReached(random: Random, inputs: number): Reached {
  const count = 1 + random.below(inputs);
  const smallest = new Set(Array.from({ length: Math.min(SMALLEST, count) }, () => random.below(inputs)));
  return {
    hits: count * (1 + random.below(20)),
    inputs: Math.max(count, smallest.size),
    smallest: [...smallest].sort((a, b) => a - b),
  };
}

function somePair(random: Random, inputs: number): Compared {
  const [a, b] = [random.below(256), random.below(256)];
  return {
    left: { value: a, constant: true },
    right: { value: b, constant: false },
    distance: Math.abs(a - b),
    input: random.below(inputs),
  };
}

const someInput = (random: Random, i: number): MeasuredInput => ({
  path: `/corpus/${i.toString(16).padStart(40, '0')}`,
  size: i,
  fault: null,
  milliseconds: random.below(1000) / 100,
  pcs: 100 + random.below(2000),
  first: random.below(3),
  overflowed: false,
});

function someDetails(random: Random, inputs: number, traces: readonly number[][]): Map<number, Detail> {
  const count = Math.min(DETAILS, inputs);
  const details = new Map<number, Detail>();
  for (let i = 0; i < count; i++) {
    const pcs: number[] = [];
    const length = TRACE / 2 + random.below(TRACE);
    while (pcs.length < length) {
      const trace = random.pick(traces);
      for (let turns = 1 + random.below(4); turns > 0; turns--) pcs.push(...trace);
    }
    const data = Uint8Array.from({ length: 64 + random.below(512) }, () => random.below(256));
    const section = { pcs: Uint32Array.from(pcs), overflowed: false };
    details.set(Math.floor((i * inputs) / count), { data, sections: [section] });
  }
  return details;
}
