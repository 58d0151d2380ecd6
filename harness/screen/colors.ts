import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Colours, if the user has not said otherwise with NO_COLOR or FORCE_COLOR, where a terminal shows them. */
export function colorsFor(stream: Output, env: Environment = process.env): Colors {
  return picocolors.createColors(wantsColors(stream, env));
}

function wantsColors(stream: Output, { NO_COLOR, FORCE_COLOR, TERM }: Environment): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true && TERM !== 'dumb';
}

/** Whether lines can be drawn over. Some terminals of containers have no size at all. */
export const isLive = (stream: Output, { TERM }: Environment = process.env): boolean =>
  stream.isTTY === true && TERM !== 'dumb' && stream.columns !== 0 && stream.rows !== 0;

/** Columns of what is no terminal, or does not say. */
const WIDTH = 100;

/** How to print for people, who may look on or not. */
export const terminal = (stream: Output): { colors: Colors; width: number } => ({
  colors: colorsFor(stream),
  width: stream.columns || WIDTH,
});

/** Does what `--no-color` says, and what NO_COLOR says for those who know FORCE_COLOR alone. To be called before they load. */
export function settleColors(color: boolean, env: NodeJS.ProcessEnv = process.env): void {
  if (!color) env['NO_COLOR'] = '1';
  if (env['NO_COLOR']) env['FORCE_COLOR'] = '0';
}
