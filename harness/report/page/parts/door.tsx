import { many, number } from '../base/format.ts';
import { useReport } from '../base/report.ts';
import { toFile, toInput } from '../base/routes.ts';
import type { Door, DoorCompare, Operand } from '../data.ts';
import { differences, distance } from './differences.ts';
import { Text, visible } from './text.tsx';

const TITLES: ReadonlyMap<Door['kind'], string> = new Map([
  ['then', 'never true'],
  ['else', 'never false'],
  ['case', 'case never matched'],
  ['loop', 'loop never entered'],
  ['operand', 'right side never evaluated'],
  ['default', 'default never used'],
  ['catch', 'catch never entered'],
  ['rest', 'never went on from here'],
]);

export const doorTitle = ({ kind }: Door): string => TITLES.get(kind) ?? kind;

interface DoorCardProps {
  door: Door;
  rank: number;
  current?: boolean;
  /** How many comparisons are shown; all by default. */
  compares?: number;
}

/** A door, with what keeps it shut. */
export function DoorCard({ door, rank, current = false, compares }: DoorCardProps) {
  const { index } = useReport();
  const path = index.files[door.file]?.path ?? '';
  return (
    <article class={`door${current ? ' current' : ''}`} id={`door-${rank}`} aria-label={`Door ${rank}`}>
      <header>
        <span class="rank">{rank}</span>
        <div>
          <code class="door-code">{visible(door.code)}</code>
          <span class="badge bad">{doorTitle(door)}</span>
        </div>
      </header>
      <p class="door-place">
        <a href={toFile(path, door.place[0])}>
          <Text of={path} />:{door.place[0]}
        </a>
        {door.function && (
          <span class="faint">
            in <Text of={door.function} />
          </span>
        )}
      </p>
      {door.compares.length > 0 ? (
        <ul class="compares" aria-label="What keeps it shut">
          {door.compares.slice(0, compares).map((compare, at) => (
            <Compare key={at} compare={compare} />
          ))}
        </ul>
      ) : (
        <p class="faint">Nothing was compared here.</p>
      )}
      <p class="facts">
        <span>
          came here <b>{number(door.visits)}</b>×
        </span>
        <span>
          <b>{many(door.behind, 'PC')}</b> behind it
        </span>
        <span>
          by <b>{many(door.inputs, 'input')}</b>
          {door.smallest.length > 0 && ', smallest '}
          {door.smallest.slice(0, 4).map((input) => (
            <a key={input} class="input-link" href={toInput(input)}>
              #{input}
            </a>
          ))}
        </span>
      </p>
    </article>
  );
}

/** Wanted above seen, so that the eye finds where they part. */
function Compare({ compare }: { compare: DoorCompare }) {
  const { left, right, input } = compare;
  const known = left.constant !== right.constant;
  const [wanted, seen] = right.constant && !left.constant ? [right, left] : [left, right];
  const parts = differences(wanted, seen);
  const apart = distance(wanted, seen);
  return (
    <li class="compare">
      <span class="role">{known ? 'wanted' : 'left'}</span>
      <Value operand={wanted} parts={parts.wanted} />
      <span class="role">{known ? 'closest' : 'right'}</span>
      <Value operand={seen} parts={parts.seen} />
      <span class="compare-foot faint">
        {apart && <span>{apart}</span>}
        <span>
          line {compare.place[0]}, from <a href={toInput(input)}>input #{input}</a>
        </span>
      </span>
    </li>
  );
}

function Value({ operand, parts }: { operand: Operand; parts: readonly (readonly [string, boolean])[] }) {
  return (
    <code class="value" title={operand.constant ? `${operand.type}, constant` : operand.type}>
      {parts.map(([text, differs], at) => (differs ? <mark key={at}>{visible(text)}</mark> : visible(text)))}
    </code>
  );
}
