/** About so many round numbers from 0 to the first that is not smaller than the largest. */
export function ticks(largest: number, count: number): number[] {
  const rough = Math.max(largest, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const steps = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}
