import { useState } from 'preact/hooks';
import { duration, number, short, time } from '../base/format.ts';
import type { Series } from '../data.ts';
import { ticks } from './ticks.ts';

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 76;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 38;
const DASHES = ['', '7 3', '2 3', '9 3 2 3'];

type Point = Series['points'][number];

/** PCs covered over time, one line a run; the table says the same. */
export function Chart({ series }: { series: readonly Series[] }) {
  const points = series.flatMap((run) => run.points);
  const [near, setNear] = useState<{ run: number; point: Point }>();
  const end = Math.max(1, ...points.map(({ seconds }) => seconds));
  const most = Math.max(1, ...points.map(({ covered }) => covered));
  const rising = ticks(most, 4);
  const top = Math.max(most, rising.at(-1)!);
  const x = (seconds: number) => LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT);
  const y = (covered: number) => HEIGHT - BOTTOM - (covered / top) * (HEIGHT - TOP - BOTTOM);
  const follow = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const seconds =
      (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / ((WIDTH - LEFT - RIGHT) / end);
    setNear(nearest(series, seconds));
  };
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Coverage over time: ${number(most)} PCs after ${duration(end)}. The table below has every point.`}
        onPointerMove={follow}
        onPointerLeave={() => setNear(undefined)}
      >
        <g class="axis">
          {rising.map((value) => (
            <g key={value}>
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
              <text x={LEFT - 7} y={y(value) + 4} text-anchor="end">
                {short(value)}
                {value === rising.at(-1) && ' PCs'}
              </text>
            </g>
          ))}
          {timeTicks(end).map((seconds) => (
            <text key={seconds} x={x(seconds)} y={HEIGHT - BOTTOM + 17} text-anchor="middle">
              {duration(seconds)}
            </text>
          ))}
          <text x={LEFT} y={HEIGHT - 4}>
            time since the run began
          </text>
        </g>
        {series.map((run, at) => (
          <path
            key={at}
            class={`series series-${at % 4}`}
            stroke-dasharray={DASHES[at % 4]}
            d={run.points.map(({ seconds, covered }, index) => step(x(seconds), y(covered), index)).join('')}
          />
        ))}
        {series.map(({ points: run }, at) => {
          const last = run.at(-1);
          return (
            last && (
              <circle key={at} class={`series-${at % 4}`} cx={x(last.seconds)} cy={y(last.covered)} r="2.5" />
            )
          );
        })}
        {near && (
          <circle
            class={`series-${near.run % 4}`}
            cx={x(near.point.seconds)}
            cy={y(near.point.covered)}
            r="4"
          />
        )}
      </svg>
      <figcaption>
        {series.map((run, at) => (
          <span key={at} class="legend">
            <svg width="26" height="8" aria-hidden="true">
              <line
                class={`series series-${at % 4}`}
                stroke-dasharray={DASHES[at % 4]}
                x1="0"
                x2="26"
                y1="4"
                y2="4"
              />
            </svg>
            {time(run.start)}
          </span>
        ))}
        <span class="legend readout">{near ? sentence(near.point) : 'PCs covered, by run'}</span>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <PointTable series={series} />
      </details>
    </figure>
  );
}

const step = (x: number, y: number, index: number): string =>
  index === 0 ? `M${x.toFixed(1)} ${y.toFixed(1)}` : `H${x.toFixed(1)}V${y.toFixed(1)}`;

const sentence = (point: Point): string =>
  `${duration(point.seconds)}: ${number(point.covered)} PCs, ${number(point.inputs)} inputs, ${number(point.executions)} executions`;

/** Round numbers of the unit that fits. */
function timeTicks(end: number): number[] {
  const unit = end >= 172_800 ? 86_400 : end >= 7200 ? 3600 : end >= 120 ? 60 : 1;
  return ticks(end / unit, 8)
    .map((value) => value * unit)
    .filter((seconds) => seconds <= end);
}

function nearest(series: readonly Series[], seconds: number): { run: number; point: Point } | undefined {
  const all = series.flatMap((run, at) => run.points.map((point) => ({ run: at, point })));
  const away = ({ point }: { point: Point }) => Math.abs(point.seconds - seconds);
  return all.reduce<(typeof all)[number] | undefined>(
    (best, one) => (!best || away(one) < away(best) ? one : best),
    undefined,
  );
}

function PointTable({ series }: { series: readonly Series[] }) {
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">After</th>
          <th scope="col">PCs</th>
          <th scope="col">Inputs</th>
          <th scope="col">Executions</th>
        </tr>
      </thead>
      <tbody>
        {series.flatMap((run, at) =>
          thin(run.points).map((point, index) => (
            <tr key={`${at}-${index}`}>
              <th scope="row">{time(run.start)}</th>
              <td>{duration(point.seconds)}</td>
              <td>{number(point.covered)}</td>
              <td>{number(point.inputs)}</td>
              <td>{number(point.executions)}</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}

/** At most two hundred of them, the last one always. */
function thin(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / 200);
  return points.filter((_, at) => at % every === 0 || at === points.length - 1);
}
