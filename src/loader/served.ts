/** Code that others have made of a file, as it was compiled: whoever reads the file finds something else. */
export interface ServedCode {
  code: string;
  /** Text of the source map to what a person wrote. */
  map: string;
}

const served = new Map<string, ServedCode>();

/** The last one of each file is kept, for as long as this thread lives. */
export function noteServed(filename: string, code: ServedCode): void {
  served.set(filename, code);
}

/** Undefined for a file that was compiled as it lies on the disk. */
export const servedCode = (filename: string): ServedCode | undefined => served.get(filename);
