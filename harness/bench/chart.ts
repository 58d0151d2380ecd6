/** Coverage over time as a picture that needs nothing else: one small chart for each package, in one file. */

type Steps = readonly (readonly [seconds: number, pcs: number])[];

export interface Curves {
  title: string;
  ours: Steps;
  peer: Steps;
}

const COLUMNS = 3;
const WIDTH = 300;
const HEIGHT = 190;
/** What surrounds the field of one chart: its title, its scales. */
const FIELD = { left: 44, top: 30, width: WIDTH - 62, height: HEIGHT - 62 };
const HEAD = 40;

/** @param seconds where the time ends */
export function chart(curves: readonly Curves[], seconds: number): string {
  const rows = Math.ceil(curves.length / COLUMNS);
  const [width, height] = [COLUMNS * WIDTH, HEAD + rows * HEIGHT];
  const cells = curves.map((one, i) => {
    const [x, y] = [(i % COLUMNS) * WIDTH, HEAD + Math.floor(i / COLUMNS) * HEIGHT];
    return `<g transform="translate(${x},${y})">\n${cell(one, seconds)}</g>\n`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>PCs reached over time, kcovjs and Jazzer.js</title>
${STYLE}<rect class="ground" width="${width}" height="${height}"/>
${legend()}${cells.join('')}</svg>
`;
}

/** Colours that are told apart on either ground, and by those who see few; the peer's line is dashed besides. */
const STYLE = `<style>
text { font: 11px system-ui, sans-serif; fill: #444 }
.title { font-weight: 600; font-size: 12px; fill: #111 }
.ground { fill: #fff } .frame { fill: none; stroke: #ccc }
.ours { stroke: #0b62c4 } .peer { stroke: #c2570c; stroke-dasharray: 5 3 }
.ours, .peer { fill: none; stroke-width: 1.8; stroke-linejoin: round }
@media (prefers-color-scheme: dark) {
  text { fill: #bbb } .title { fill: #eee } .ground { fill: #161616 } .frame { stroke: #444 }
  .ours { stroke: #5aa9ff } .peer { stroke: #ff9a4d }
}
</style>
`;

const legend = (): string => `<text class="title" x="${FIELD.left}" y="22">PCs reached over time</text>
<path class="ours" d="M240 18h28"/><text x="274" y="22">kcovjs</text>
<path class="peer" d="M340 18h28"/><text x="374" y="22">Jazzer.js</text>
`;

function cell({ title, ours, peer }: Curves, seconds: number): string {
  const counts = [...ours, ...peer].map(([, pcs]) => pcs);
  // From near the seeds' own: what was reached before either began tells nothing.
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const room = Math.max(1, (high - low) * 0.06);
  const { left, top, width, height } = FIELD;
  const x = (time: number): number => round(left + (width * Math.min(time, seconds)) / seconds);
  const y = (pcs: number): number => round(top + height * (1 - (pcs - low + room) / (high - low + 2 * room)));
  return `<text class="title" x="${left}" y="${top - 9}">${escapeText(title)}</text>
<rect class="frame" x="${left}" y="${top}" width="${width}" height="${height}"/>
<text x="${left - 5}" y="${y(high) + 4}" text-anchor="end">${high}</text>
<text x="${left - 5}" y="${y(low) + 4}" text-anchor="end">${low}</text>
<text x="${left}" y="${top + height + 15}">0</text>
<text x="${left + width}" y="${top + height + 15}" text-anchor="end">${seconds} s</text>
<path class="peer" d="${stairs(peer, seconds, x, y)}"/>
<path class="ours" d="${stairs(ours, seconds, x, y)}"/>
`;
}

/** Coverage stays until the next input is found, and to the end. */
function stairs(
  steps: Steps,
  seconds: number,
  x: (time: number) => number,
  y: (pcs: number) => number,
): string {
  const [first, ...rest] = steps;
  if (first === undefined) return '';
  const path = rest.map(([time, pcs]) => `H${x(time)}V${y(pcs)}`).join('');
  return `M${x(first[0])} ${y(first[1])}${path}H${x(seconds)}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
