/** Published bugs, each in a package at a version that has it. */

export interface Bug {
  /** Number of the advisory. */
  advisory: string;
  /** Folder of the vulnerable package; it is what is instrumented. */
  folder: string;
  /** What a fuzzer starts from: ordinary inputs, which pass. */
  seeds: (string | Uint8Array)[];
  /** An input that shows the bug; no fuzzer is given it. */
  trigger: string | Uint8Array;
  /** It shows by a run that never ends; others show by an error, or by what a bug detector reports. */
  hangs?: boolean;
  /** The target returns promises, so that both fuzzers need the loop that waits for them. */
  async?: boolean;
  fuzz(data: Buffer): unknown;
}

/** The first ones are those of the shortest run. */
export const BUGS = [
  'ini',
  'image-size',
  'flat',
  'decode-uri-component',
  'fast-xml-parser',
  'file-type',
  'jpeg-js',
  'json5',
  'minimist',
  'plist',
  'tough-cookie',
  'xml2js',
] as const;

export const bugFile = (name: string): URL => new URL(`./bugs/${name}.js`, import.meta.url);

export const loadBug = (name: string): Promise<Bug> => import(bugFile(name).href) as Promise<Bug>;
