import { useEffect, useRef, useState } from 'preact/hooks';
import { many, number, size } from '../base/format.ts';
import { inputRow, useDetail, useInputs } from '../base/inputs.ts';
import { useReport } from '../base/report.ts';
import { toInput } from '../base/routes.ts';
import { type FunctionDetail, INPUTS_PER_CHUNK } from '../data.ts';
import { DoorCard } from '../parts/door.tsx';
import { InputContent } from '../parts/input.tsx';
import { Waiting } from '../parts/state.tsx';
import { Text } from '../parts/text.tsx';
import { type Lines, stateOf } from '../source/lines.ts';
import { SIGNS, STATE_WORDS } from '../source/states.ts';

interface PanelProps {
  path: string;
  line: number;
  lines: Lines;
  functions: readonly FunctionDetail[];
  onClose: () => void;
}

/** What is known of a line, and the inputs that reach it. */
export function LinePanel({ path, line, lines, functions, onClose }: PanelProps) {
  const { index } = useReport();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [line]);
  const detail = lines.details.get(line - 1);
  const state = stateOf(detail);
  const titles = [...new Set(lines.marks.get(line - 1)?.map(({ title }) => title))];
  const around = functions.filter(({ range }) => range[0] <= line && line <= range[2]).at(-1);
  return (
    <aside class="panel scroll" aria-label={`Line ${line}`}>
      <header class="panel-head">
        <h2 tabIndex={-1} ref={heading}>
          Line {line}
        </h2>
        {state && (
          <span class={`badge state-${state}`}>
            <span aria-hidden="true">{SIGNS[state]} </span>
            {STATE_WORDS[state]}
          </span>
        )}
        <button type="button" class="button" aria-label="Close" title="Close (Esc)" onClick={onClose}>
          ✕
        </button>
      </header>
      {around && (
        <p class="faint">
          in <Text of={around.name || '(anonymous)'} />, called {many(around.calls, 'time')}
        </p>
      )}
      {titles.length > 0 && (
        <ul class="marks" aria-label="Never taken here">
          {titles.map((title) => (
            <li key={title}>
              <Text of={title} />
            </li>
          ))}
        </ul>
      )}
      {lines.doors.get(line - 1)?.map((door) => (
        <DoorCard key={door} door={index.frontier[door]!} rank={door + 1} />
      ))}
      <p>
        Reached by <b>{many(detail?.[3] ?? 0, 'input')}</b>, {many(detail?.[2] ?? 0, 'time')}.
      </p>
      <Inputs key={`${path} ${line}`} smallest={detail?.[4] ?? []} />
    </aside>
  );
}

function Inputs({ smallest }: { smallest: readonly number[] }) {
  const [chosen, setChosen] = useState(smallest[0]);
  const inputs = useInputs([...new Set(smallest.map((input) => Math.floor(input / INPUTS_PER_CHUNK)))]);
  if (chosen === undefined) return null;
  return (
    <>
      <fieldset class="smallest">
        <legend>The smallest that reach it</legend>
        {smallest.map((input) => {
          const row = inputRow(inputs, input);
          return (
            <label key={input} class={input === chosen ? 'chosen' : undefined}>
              <input type="radio" name="input" checked={input === chosen} onChange={() => setChosen(input)} />
              <span class="input-name">{row ? <Text of={row.name} /> : `#${input}`}</span>
              {row && <span class="faint">{size(row.size)}</span>}
              {row?.fault && <span class="bad">fails</span>}
            </label>
          );
        })}
      </fieldset>
      <Chosen input={chosen} fault={inputRow(inputs, chosen)?.fault} />
    </>
  );
}

function Chosen({ input, fault }: { input: number; fault: string | undefined }) {
  const detail = useDetail(input);
  return (
    <section aria-label={`Input ${input}`}>
      <p>
        <a href={toInput(input)}>Input #{number(input)}: its trace</a>
        {detail.state === 'ready' && <span class="faint"> {size(detail.value.detail.size)}</span>}
      </p>
      {detail.state === 'ready' ? (
        <InputContent narrow key={input} detail={detail.value.detail} fault={fault} />
      ) : (
        <Waiting missing={detail.state === 'missing'} what="Its content" />
      )}
    </section>
  );
}
