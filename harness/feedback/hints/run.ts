import type { Base } from './base.ts';
import { goalsOf, type RankedGoal } from './goals.ts';
import type { ComparisonLog, LoggedSite } from './log.ts';
import type { Samples } from './samples.ts';

/** What a run compared, as hints look at it. */

/** Places of one run that get tasks. */
const MAX_SITES = 192;
/** Goals of one place, those that each place gets before any gets more, and those of a run. */
const MAX_GOALS_OF_SITE = 192;
const FIRST_GOALS = 8;
const MAX_GOALS = 768;

/**
 * The places that get tasks, in the order in which they were reached: where there are too many, those that had the
 * least effort so far.
 */
export function sitesOf({ sites }: ComparisonLog, effort: (site: number) => number): LoggedSite[] {
  const all = [...sites.values()];
  if (all.length <= MAX_SITES) return all;
  const byEffort = [...all].sort((a, b) => effort(a.pc) - effort(b.pc));
  const chosen = new Set(byEffort.slice(0, MAX_SITES));
  return all.filter((site) => chosen.has(site));
}

/** Places where strings, bytes or patterns did not hold. */
export function unmetOf({ sites }: ComparisonLog): Set<number> {
  const unmet = [...sites.values()].filter(({ memory, patterns }) => memory.length + patterns.length > 0);
  return new Set(unmet.map(({ pc }) => pc));
}

/** The goals of all places: first some of each, then, while there is room, the others. `place` counts those of a place. */
export function* goalsInTurn(
  sites: readonly LoggedSite[],
  samples: Samples,
): Generator<{ site: number; goal: RankedGoal; place: number }> {
  let total = 0;
  const all = sites.map((site) => ({ site: site.pc, goals: goalsOf(site, samples), place: 0 }));
  for (const limit of [FIRST_GOALS, MAX_GOALS_OF_SITE])
    for (const one of all)
      while (one.place < limit && total < MAX_GOALS) {
        const { done, value } = one.goals.next();
        if (done) break;
        total++;
        yield { site: one.site, goal: value, place: one.place++ };
      }
}

/** Where strings hold after a candidate: where they did, and at its own place if they did not before. */
export function metAfter({ met, unmet }: Base, site: number, log: ComparisonLog): Set<number> {
  const now = unmetOf(log);
  const after = new Set([...met].filter((pc) => !now.has(pc)));
  if (unmet.has(site) && !now.has(site)) after.add(site);
  return after;
}

/** What code under test searched for and may split its input at. */
export function separatorsOf(sites: readonly LoggedSite[]): string[] {
  const needles = sites.flatMap(({ memory }) =>
    memory.flatMap(({ relation, arg2 }) =>
      relation === 'contains' && arg2.type === 'text' && arg2.text.length > 0 && arg2.text.length <= 4
        ? [arg2.text]
        : [],
    ),
  );
  return [...new Set(needles)].slice(0, 16);
}
