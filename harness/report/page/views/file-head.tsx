import { percent } from '../base/format.ts';
import { Bar } from '../parts/bar.tsx';
import { Text } from '../parts/text.tsx';
import { SIGNS, STATE_WORDS } from '../source/states.ts';

/** Which file it is, how much of it is covered, and what the signs of its lines mean. */
export function FileHead({ path, summary }: { path: string; summary: { lines: readonly [number, number] } }) {
  const cut = path.lastIndexOf('/') + 1;
  return (
    <header class="file-head">
      <h1 id="file-title" tabIndex={-1} title={path}>
        <span class="faint">
          <Text of={path.slice(0, cut)} />
        </span>
        <Text of={path.slice(cut)} />
      </h1>
      <span class="file-lines">
        {percent(summary.lines)} of lines <Bar of={summary.lines} />
      </span>
      <Legend />
    </header>
  );
}

function Legend() {
  return (
    <ul class="states" aria-label="Signs">
      {(['covered', 'partly', 'uncovered', 'never'] as const).map((state) => (
        <li key={state} class={`state-${state}`} title={STATE_WORDS[state]}>
          <span class="sign">{SIGNS[state]}</span> {state === 'never' ? 'never entered' : STATE_WORDS[state]}
        </li>
      ))}
    </ul>
  );
}
