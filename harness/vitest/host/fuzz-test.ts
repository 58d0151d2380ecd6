/** A fuzz test of a test file: `src/parser.test.ts#parser > parses anything`. */
export interface FuzzTest {
  file: string;
  /** Of the suites around it, and its own. */
  names: readonly string[];
}

const SEPARATOR = ' > ';

export const formatNames = (names: readonly string[]): string => names.join(SEPARATOR);

export const formatFuzzTest = ({ file, names }: FuzzTest): string => `${file}#${formatNames(names)}`;

/** @returns undefined for what is no such name */
export function parseFuzzTest(text: string): FuzzTest | undefined {
  const found = /^(.*\.[cm]?[jt]sx?)#(.+)$/s.exec(text);
  return found === null ? undefined : { file: found[1]!, names: found[2]!.split(SEPARATOR) };
}
