import type { ComponentChildren } from 'preact';
import type { Entry } from '../base/folders.ts';
import { number } from '../base/format.ts';
import { toFile } from '../base/routes.ts';
import { Bar, Percent, Ratio } from '../parts/bar.tsx';
import { visible } from '../parts/text.tsx';
import { Twist } from '../parts/tree.tsx';

export function Name({ entry, expanded }: { entry: Entry; expanded: boolean | undefined }) {
  return (
    <span role="gridcell" class="entry-name" title={entry.path}>
      <Twist expanded={expanded} />
      {entry.file === undefined ? (
        <span class="folder">{visible(entry.name)}/</span>
      ) : (
        <a href={toFile(entry.path)} tabIndex={-1}>
          {visible(entry.name)}
        </a>
      )}
    </span>
  );
}

export function Header() {
  return (
    <div class="tree-row tree-head sticky" role="row">
      {['File', 'Lines', '', 'Uncovered', 'Branches', 'Functions', 'PCs'].map((title) => (
        <span
          key={title}
          role="columnheader"
          class={title === 'File' ? 'entry-name' : `entry-${title.toLowerCase() || 'bar'}`}
        >
          {title}
        </span>
      ))}
    </div>
  );
}

export function Numbers({ entry }: { entry: Entry }) {
  const [covered, total] = entry.lines;
  return (
    <>
      <Cell name="lines">
        <Percent of={entry.lines} />
      </Cell>
      <Cell name="bar">
        <Bar of={entry.lines} />
      </Cell>
      <Cell name="uncovered">{number(total - covered)}</Cell>
      <Cell name="branches">
        <Ratio of={entry.branches} />
      </Cell>
      <Cell name="functions">
        <Ratio of={entry.functions} />
      </Cell>
      <Cell name="pcs">
        <Ratio of={entry.pcs} />
      </Cell>
    </>
  );
}

export function Few({ entry }: { entry: Entry }) {
  return (
    <>
      <Cell name="bar">
        <Bar of={entry.lines} />
      </Cell>
      <Cell name="lines">
        <Percent of={entry.lines} />
      </Cell>
    </>
  );
}

function Cell({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <span role="gridcell" class={`entry-${name}`}>
      {children}
    </span>
  );
}
