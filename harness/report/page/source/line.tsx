import { useMemo } from 'preact/hooks';
import { many, number, short } from '../base/format.ts';
import type { Door, LineDetail, LineState } from '../data.ts';
import { doorTitle } from '../parts/door.tsx';
import { visible } from '../parts/text.tsx';
import type { Colours } from './highlight.ts';
import { type Lines, stateOf } from './lines.ts';
import { segments } from './segments.ts';
import { SIGNS, STATE_WORDS } from './states.ts';

/** Characters of a line that are shown at first. */
export const SHOWN = 20_000;

interface LineProps {
  at: number;
  lines: Lines;
  doors: readonly Door[];
  colours: Colours | undefined;
  current: boolean;
  whole: boolean;
  onWhole: () => void;
  onLine: (line: number) => void;
}

/** A line: its number, its count, its text, and the doors on it. */
export function Line({ at, lines, doors, colours, current, whole, onWhole, onLine }: LineProps) {
  const detail = lines.details.get(at);
  const state = stateOf(detail);
  const text = lines.texts[at]!;
  const shown = whole ? text : text.slice(0, SHOWN);
  const parts = useMemo(
    () => segments(shown, at + 1, lines.offsets[at]!, colours, lines.marks.get(at)),
    [shown, lines, colours],
  );
  return (
    <div
      class={`line${state ? ` line-${state}` : ''}${current ? ' current' : ''}`}
      aria-current={current || undefined}
    >
      <span class="gutter">
        <span class="line-number" data-number={at + 1} />
        <Count line={at + 1} detail={detail} state={state} onLine={onLine} />
      </span>
      <code data-row={at}>
        {parts.map((segment, index) =>
          segment.classes ? (
            <span key={index} class={segment.classes} title={segment.title}>
              {visible(segment.text)}
            </span>
          ) : (
            visible(segment.text)
          ),
        )}
      </code>
      {shown.length < text.length && (
        <button type="button" class="chip" onClick={onWhole}>
          … {many(text.length - shown.length, 'character')} more
        </button>
      )}
      {lines.doors.get(at)?.map((door) => (
        <DoorChip key={door} door={doors[door]!} onOpen={() => onLine(at + 1)} />
      ))}
    </div>
  );
}

interface CountProps {
  line: number;
  detail: LineDetail | undefined;
  state: LineState | undefined;
  onLine: (line: number) => void;
}

function Count({ line, detail, state, onLine }: CountProps) {
  if (!detail || !state) return <span class="count" />;
  const [, , hits, inputs] = detail;
  const label = `Line ${line}: ${STATE_WORDS[state]}, ${many(hits, 'time')}, by ${many(inputs, 'input')}`;
  return (
    <button type="button" class="count" aria-label={label} title={label} onClick={() => onLine(line)}>
      <span class="hits">{hits ? short(hits) : state === 'never' ? '' : '0'}</span>
      <span class="sign">{SIGNS[state]}</span>
    </button>
  );
}

function DoorChip({ door, onOpen }: { door: Door; onOpen: () => void }) {
  return (
    <button
      type="button"
      class="chip door-chip"
      onClick={onOpen}
      title={`${doorTitle(door)}: execution came here ${many(door.visits, 'time')}`}
    >
      <span aria-hidden="true">⊘ </span>
      {doorTitle(door)} · {number(door.visits)}×
    </button>
  );
}
