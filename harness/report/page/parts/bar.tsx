import { number, percent, share } from '../base/format.ts';
import type { Count } from '../data.ts';

/** How much of it is covered, as a bar. It says nothing to those who listen: the number stands beside it. */
export function Bar({ of }: { of: Count }) {
  const level = of[1] === 0 ? 'none' : of[0] === of[1] ? 'all' : of[0] === 0 ? 'nothing' : 'some';
  return (
    <span class={`bar bar-${level}`} aria-hidden="true">
      <span style={{ width: `${share(of) * 100}%` }} />
    </span>
  );
}

/** `61.3%`, and the numbers for those who point at it. */
export function Percent({ of }: { of: Count }) {
  return <span title={`${number(of[0])} of ${number(of[1])}`}>{percent(of)}</span>;
}

/** `12/20` */
export function Ratio({ of }: { of: Count }) {
  if (of[1] === 0) return <span class="faint">–</span>;
  return (
    <span class={of[0] === 0 ? 'bad' : undefined} title={percent(of)}>
      {number(of[0])}
      <span class="faint">/{number(of[1])}</span>
    </span>
  );
}
