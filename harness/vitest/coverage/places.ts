import type { FileCoverageData, Location } from 'istanbul-lib-coverage';

type Test = (place: Location) => boolean;

/** Takes away what begins at some places, with its counts. */
export function withoutPlaces(coverage: FileCoverageData, isGone: Test): void {
  const { statementMap, fnMap, branchMap, s, f, b } = coverage;
  remove(statementMap, s, ({ start }) => isGone(start));
  remove(fnMap, f, ({ decl }) => isGone(decl.start));
  remove(branchMap, b, ({ loc }) => isGone(loc.start));
}

/** The same for arms of branches alone; a branch is where its first arm is, should its own place be gone. */
export function withoutArms({ branchMap, b }: FileCoverageData, isGone: Test): void {
  for (const [id, branch] of Object.entries(branchMap)) {
    const kept = branch.locations.map(({ start }) => start.line === undefined || !isGone(start));
    branch.locations = branch.locations.filter((_, arm) => kept[arm]);
    b[id] = b[id]!.filter((_, arm) => kept[arm]);
    if (isGone(branch.loc.start) && branch.locations.length > 0) branch.loc = branch.locations[0]!;
  }
}

function remove<T>(
  map: Record<string, T>,
  counts: Record<string, unknown>,
  isGone: (one: T) => boolean,
): void {
  for (const [id, one] of Object.entries(map)) {
    if (!isGone(one)) continue;
    delete map[id];
    delete counts[id];
  }
}
