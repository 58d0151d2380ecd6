/** Where a fuzz test's suite says in its `meta` what it is. */
export const META = 'kcovjs';

export interface FuzzMeta {
  /** Paths of its inputs and their folders. */
  corpus: readonly string[];
}
