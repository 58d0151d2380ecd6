/** The variable that makes fuzz tests fuzz: `1`, or seconds for each that names no time of its own. */
export const FUZZ_VARIABLE = 'KCOVJS_FUZZ';

/** Arguments of libFuzzer for each, as JSON. */
export const FLAGS_VARIABLE = 'KCOVJS_FUZZ_FLAGS';

/** Seconds of a fuzz test. */
export const SECONDS = 30;

/** Seconds that a fuzz test fuzzes unless it says otherwise; undefined where it only runs its inputs. */
export function fuzzingSeconds(): number | undefined {
  const value = process.env[FUZZ_VARIABLE] ?? '';
  if (value === '' || value === '0' || value === 'false') return undefined;
  if (value === 'true') return SECONDS;
  const seconds = Number(value);
  if (!(seconds > 0)) throw new Error(`${FUZZ_VARIABLE} is 1, or a number of seconds, not '${value}'`);
  return seconds > 1 ? seconds : SECONDS;
}

export const fuzzingFlags = (): string[] => JSON.parse(process.env[FLAGS_VARIABLE] ?? '[]') as string[];
