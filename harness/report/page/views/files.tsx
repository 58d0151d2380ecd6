import type { FileOrder } from '../base/folders.ts';
import { many } from '../base/format.ts';
import { replace } from '../base/history.ts';
import { useReport } from '../base/report.ts';
import { type Route, toView } from '../base/routes.ts';
import { Choice, Filter } from '../parts/filter.tsx';
import { FileTree } from './file-tree.tsx';
import { useUnfolded } from './unfolded.ts';

const ORDERS: readonly (readonly [FileOrder, string])[] = [
  ['name', 'name'],
  ['uncovered', 'uncovered lines'],
  ['percent', 'percentage'],
];

export function Files({ route }: { route: Route }) {
  const { index } = useReport();
  const unfolded = useUnfolded();
  const filter = route.params.get('q') ?? '';
  const order = ORDERS.find(([name]) => name === route.params.get('sort'))?.[0] ?? 'name';
  const show = (q: string, sort: FileOrder) =>
    replace(toView('files', { q, sort: sort === 'name' ? undefined : sort }));
  return (
    <div class="stack">
      <div class="toolbar">
        <h1 tabIndex={-1}>
          Files <span class="faint">{many(index.files.length, 'file')}</span>
        </h1>
        <Filter label="Filter files" value={filter} onChange={(q) => show(q, order)} />
        <Choice label="Sort by" value={order} options={ORDERS} onChange={(sort) => show(filter, sort)} />
        <button type="button" class="button" onClick={() => unfolded.unfoldAll(true)}>
          Expand all
        </button>
        <button type="button" class="button" onClick={() => unfolded.unfoldAll(false)}>
          Collapse
        </button>
      </div>
      <FileTree order={order} filter={filter} unfolded={unfolded} />
    </div>
  );
}
