import type { BlockKind, Decision, FunctionSites, Site } from '../../../src/instrument/sites.ts';
import type { Reach } from './reach.ts';
import type { Source } from './source.ts';

/** A block that was never entered, though execution came to where that is decided. Offsets are of the loaded file. */
export interface Shut {
  source: Source;
  sites: FunctionSites;
  site: Site;
  decision: Decision;
  kind: BlockKind;
  /** What was never entered. */
  start: number;
  end: number;
  /** The blocks whose hits are the visits: the other arm, or the blocks in which it is decided. */
  visitors: readonly Site[];
  visits: number;
  /** The block whose text was never run from there on, since the test of two arms never came to an end. */
  stuck: Site | null;
  /** Blocks that were never entered either, and that only this one leads to; itself among them. */
  behind: number;
}

/** Doors of one file that was loaded. Those behind a shut one are not listed. */
export function shutDoors(source: Source, reach: Reach): Shut[] {
  const led = new Map<Site, Site[]>();
  const doors = source.analysis.functions.flatMap((sites) => new Doors(source, sites, reach, led).list);
  for (const door of doors) door.behind = sizeOf(door.site, led);
  return doors;
}

/** Blocks below a block, itself included. */
function sizeOf(site: Site, led: ReadonlyMap<Site, readonly Site[]>): number {
  let size = 0;
  const open = [site];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    size++;
    open.push(...(led.get(next) ?? []));
  }
  return size;
}

/** The doors of one function, found in the order of its text, so that what lies in a statement is known before its end. */
class Doors {
  readonly list: Shut[] = [];
  readonly #source: Source;
  readonly #sites: FunctionSites;
  readonly #reach: Reach;
  /** From a block that was never entered to those that only it leads to. */
  readonly #led: Map<Site, Site[]>;

  constructor(source: Source, sites: FunctionSites, reach: Reach, led: Map<Site, Site[]>) {
    this.#source = source;
    this.#sites = sites;
    this.#reach = reach;
    this.#led = led;
    for (const site of sites.sites) if (site.kind === 'block' && this.#hits(site) === 0) this.#add(site);
  }

  #hits(site: Site): number {
    return this.#reach.hits(this.#source, site);
  }

  #add(site: Site): void {
    const { decision, parent } = site;
    if (decision === undefined) {
      // Functions and programs are entered from elsewhere.
      if (parent !== null && this.#hits(parent) === 0) this.#behind(parent, site);
      return;
    }
    if (decision.from.every((block) => this.#hits(block) === 0)) this.#behind(decision.from[0]!, site);
    else this.#decided(site, decision);
  }

  #decided(site: Site, decision: Decision): void {
    const isOpen = decision.other !== undefined && this.#hits(decision.other) > 0;
    const before = isOpen ? undefined : this.#before(decision);
    if (before !== undefined) {
      if (decision.other !== undefined) before.stuck ??= decision.from[0]!;
      this.#behind(before.site, site);
      if (leadsOn(before, decision)) this.#widen(before, site);
    } else if (isOpen || decision.other === undefined) {
      this.#list(site, decision, decision.kind, isOpen ? [decision.other!] : decision.from);
    } else {
      // Neither arm was entered: what comes before them in their block always throws.
      const end = Math.max(site.end, decision.other.end);
      this.#list(site, decision, 'rest', decision.from, decision.start, end);
    }
  }

  /** A door that must open first: one in the text that decides, or a test that never came to an end. */
  #before({ start, end, kind, from, other }: Decision): Shut | undefined {
    return this.list.find((door) => {
      const { decision } = door;
      const isIn = start <= decision.start && decision.start < end;
      if (isIn && (kind === 'rest' || other !== undefined)) return true;
      if (door.stuck === null) return false;
      const isAround = decision.start <= start && start < decision.end;
      return isAround || (other !== undefined && from.includes(door.stuck));
    });
  }

  #behind(before: Site, site: Site): void {
    const known = this.#led.get(before);
    if (known === undefined) this.#led.set(before, [site]);
    else known.push(site);
  }

  /** An `else` that is not there leads to what comes next. */
  #widen(door: Shut, { start, end }: Site): void {
    door.start = start;
    door.end = end;
  }

  #list(
    site: Site,
    decision: Decision,
    kind: BlockKind,
    visitors: readonly Site[],
    start = site.start,
    end = site.end,
  ): void {
    const visits = visitors.reduce((sum, block) => sum + this.#hits(block), 0);
    const [source, sites] = [this.#source, this.#sites];
    const isStuck = decision.other !== undefined && kind === 'rest';
    const stuck = isStuck ? decision.from[0]! : null;
    this.list.push({ source, sites, site, decision, kind, start, end, visitors, visits, stuck, behind: 1 });
  }
}

/** Whether a door is an `else` that is not there, of the statement that another block is the rest of. */
const leadsOn = ({ kind, start, end }: Shut, rest: Decision): boolean =>
  rest.kind === 'rest' && kind === 'else' && start === end && end === rest.end;
