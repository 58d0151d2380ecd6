import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { PageIndex } from '../data.ts';
import { chunk, isReady, peek } from './chunks.ts';

/** What every view has at hand. */
export interface Report {
  index: PageIndex;
  /** Path → index into `index.files`. */
  files: ReadonlyMap<string, number>;
}

export const ReportContext = createContext<Report | null>(null);

export function useReport(): Report {
  const report = useContext(ReportContext);
  if (!report) throw new Error('no report');
  return report;
}

export type Loading<T> = { state: 'loading' } | { state: 'missing' } | { state: 'ready'; value: T };

/** A block, decoded; undefined asks for none. */
export function useChunk<T>(name: string | undefined): Loading<T> {
  const [, redraw] = useState(0);
  useEffect(() => {
    let current = true;
    if (name !== undefined && !isReady(name)) chunk(name).then(() => current && redraw((n) => n + 1));
    return () => {
      current = false;
    };
  }, [name]);
  if (name === undefined || !isReady(name)) return { state: 'loading' };
  const value = peek<T>(name);
  return value === undefined ? { state: 'missing' } : { state: 'ready', value };
}
