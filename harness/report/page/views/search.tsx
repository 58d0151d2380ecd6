import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { useDialog } from '../base/dialog.ts';
import { number } from '../base/format.ts';
import { go } from '../base/history.ts';
import { useReport } from '../base/report.ts';
import { type Hit, type Hits, search, shelves } from '../base/search.ts';
import { Text } from '../parts/text.tsx';

/** A dialog with a field, and what is found for it below. */
export function Search({ onClose }: { onClose: () => void }) {
  const { index } = useReport();
  const dialog = useRef<HTMLDialogElement>(null);
  const [all, setAll] = useState<Awaited<ReturnType<typeof shelves>>>();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  useDialog(dialog);
  useEffect(() => {
    shelves(index).then(setAll);
  }, []);
  const groups = useMemo(() => (all ? search(all, text) : []), [all, text]);
  const hits = groups.flatMap((group) => group.hits);
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  useEffect(() => document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' }), [active]);
  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    go(hit.hash);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Enter') open(hits[active]);
    else if (step && hits.length) setActive((active + step + hits.length) % hits.length);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      class="search"
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      onKeyDown={pressed}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Search files, functions, findings and inputs"
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={hits.length ? `${id}-${active}` : undefined}
        placeholder="Files, functions, findings, inputs"
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
      />
      <div id={`${id}-list`} class="hits" role="listbox" aria-label="Found">
        {groups.map((group, at) => (
          <Group
            key={group.kind}
            group={group}
            first={startOf(groups, at)}
            active={active}
            id={id}
            onOpen={open}
          />
        ))}
      </div>
      <p class="search-foot faint" role="status">
        {!all
          ? 'Loading…'
          : text.trim()
            ? `${number(count)} found`
            : '↑ ↓ to choose, Enter to open, Esc to close'}
      </p>
    </dialog>
  );
}

const startOf = (groups: readonly Hits[], at: number): number =>
  groups.slice(0, at).reduce((sum, group) => sum + group.hits.length, 0);

interface GroupProps {
  group: Hits;
  first: number;
  active: number;
  id: string;
  onOpen: (hit: Hit) => void;
}

function Group({ group, first, active, id, onOpen }: GroupProps) {
  return (
    <div role="group" aria-label={group.kind}>
      <div class="hit-kind" aria-hidden="true">
        {group.kind} <span>{number(group.count)}</span>
      </div>
      {group.hits.map((hit, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
        <div
          key={`${hit.hash} ${at}`}
          id={`${id}-${first + at}`}
          role="option"
          aria-selected={first + at === active}
          class="hit"
          onClick={() => onOpen(hit)}
        >
          <span class="hit-text">
            <Text of={hit.text} />
          </span>
          <span class="hit-note faint">
            <Text of={hit.note} />
          </span>
        </div>
      ))}
    </div>
  );
}
