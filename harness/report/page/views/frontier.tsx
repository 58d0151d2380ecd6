import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { many, number } from '../base/format.ts';
import { hasPosition, replace, useScrollMemory } from '../base/history.ts';
import { matching } from '../base/matching.ts';
import { useReport } from '../base/report.ts';
import { type Route, toView } from '../base/routes.ts';
import { DoorCard } from '../parts/door.tsx';
import { Choice, Filter } from '../parts/filter.tsx';

const PAGE = 60;
const ORDERS = [
  ['visits', 'visits'],
  ['behind', 'PCs behind'],
] as const;

export function Frontier({ route }: { route: Route }) {
  const { index } = useReport();
  const { frontier } = index;
  const scroller = useRef<HTMLDivElement>(null);
  const filter = route.params.get('q') ?? '';
  const sort = route.params.get('sort') === 'behind' ? 'behind' : 'visits';
  const asked = Number(route.name) - 1;
  const [shown, setShown] = useState(PAGE);
  const lowered = useMemo(
    () => frontier.map((door) => `${index.files[door.file]?.path ?? ''} ${door.function}`.toLowerCase()),
    [index],
  );
  const doors = useMemo(() => {
    const rows = [...matching(lowered, filter)];
    return sort === 'visits' ? rows : rows.sort((a, b) => frontier[b]!.behind - frontier[a]!.behind || a - b);
  }, [filter, sort]);
  const count = Math.max(shown, doors.indexOf(asked) + 1);
  useScrollMemory(scroller, 'frontier');
  useEffect(() => {
    if (hasPosition('frontier') || !Number.isInteger(asked)) return;
    document.getElementById(`door-${asked + 1}`)?.scrollIntoView({ block: 'center' });
  }, [asked]);
  const show = (q: string, by: string) =>
    replace(toView('frontier', { q, sort: by === 'visits' ? undefined : by }));
  return (
    <div class="stack">
      <div class="toolbar">
        <h1 tabIndex={-1}>
          Frontier{' '}
          <span class="faint" role="status">
            {many(doors.length, 'door')}
            {index.doors > frontier.length && ` listed of ${number(index.doors)}`}
          </span>
        </h1>
        <Filter label="Filter by file or function" value={filter} onChange={(q) => show(q, sort)} />
        <Choice label="Sort by" value={sort} options={ORDERS} onChange={(by) => show(filter, by)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse. */}
      <div class="scroll page" ref={scroller} tabIndex={0}>
        <div class="page-body">
          <p class="faint">
            Places that execution came to and never went through; those to which it came most often stand
            first.
          </p>
          <ol class="doors">
            {doors.slice(0, count).map((door) => (
              <li key={door}>
                <DoorCard door={frontier[door]!} rank={door + 1} current={door === asked} />
              </li>
            ))}
          </ol>
          {doors.length === 0 && <p class="empty">No door is there.</p>}
          {count < doors.length && (
            <button type="button" class="button" onClick={() => setShown(count + PAGE)}>
              Show {many(Math.min(PAGE, doors.length - count), 'more', 'more')}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
