const PAUSE = 5000;

/** Writes a line to standard error, unless it has just written one. */
export function everyFewSeconds(): (line: () => string) => void {
  let last = performance.now();
  return (line) => {
    if (performance.now() - last < PAUSE) return;
    last = performance.now();
    process.stderr.write(`kcovjs: ${line()}\n`);
  };
}
