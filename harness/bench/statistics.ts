/** Numbers of repeated measurements: what they are worth, and how they compare. */

/** The middle of several measurements, and how far they lie apart. */
export interface Summary {
  median: number;
  min: number;
  max: number;
  /** Quartiles, between which half of the measurements lie. */
  q1: number;
  q3: number;
  count: number;
}

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/**
 * The value below which a share of all values lies; between two of them in proportion.
 *
 * @param share from 0 to 1
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = ascending(values);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  // Also right where both are infinite.
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function summarize(values: readonly number[]): Summary {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    q1: quantile(values, 0.25),
    q3: quantile(values, 0.75),
    count: values.length,
  };
}

/** The mean of ratios: twice as fast and half as fast make 1. */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values');
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * Ratios of measurements that were made in pairs, one right after the other, so that whatever else the machine did
 * meanwhile is in both.
 */
export function ratios(above: readonly number[], below: readonly number[]): number[] {
  if (above.length !== below.length) throw new RangeError('measurements are not in pairs');
  return above.map((value, i) => value / below[i]!);
}

/** A time until something happened, or the limit at which nobody waited any longer. */
export interface Duration {
  seconds: number;
  /** It had not happened by then: the true time is longer, and nobody knows by how much. */
  censored: boolean;
}

/**
 * The median of times of which some were cut off. It is known as long as it lies among those that were not: a time
 * that was cut off is longer than every one that was seen, as all had the same limit.
 */
export function censoredMedian(durations: readonly Duration[]): Duration {
  const limits = durations.filter((one) => one.censored).map((one) => one.seconds);
  const middle = median(durations.map((one) => (one.censored ? Number.POSITIVE_INFINITY : one.seconds)));
  if (Number.isFinite(middle)) return { seconds: middle, censored: false };
  return { seconds: Math.min(...limits), censored: true };
}
