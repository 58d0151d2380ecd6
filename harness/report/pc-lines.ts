import { address, KERNBASE, textOffset } from '../../src/abi/text.ts';
import { formatAddress } from '../symbolize/format.ts';
import { Symbolizer } from '../symbolize/symbolizer.ts';
import type { Hits } from './coverage.ts';
import type { Source } from './model/source.ts';

/** The PCs that were reached, as `kcovjs symbolize` reads them, in their order. */
export function* pcLines(hits: Hits): Generator<string> {
  const reached = Uint32Array.from(hits.keys()).sort();
  for (const offset of reached) yield formatAddress(KERNBASE + BigInt(offset));
}

/** Each place that traces PCs, one JSON object a line: also those that were never reached. */
export function* siteLines(sources: readonly Source[], hits: Hits, elf: Uint8Array): Generator<string> {
  const symbolizer = new Symbolizer(elf);
  for (const { filename, analysis } of sources)
    for (const { sites } of analysis.functions)
      for (const site of sites) {
        if (site.kind !== 'block') continue;
        const low = analysis.pcOf(site);
        const pc = address(low);
        const frame = symbolizer.lookup(pc);
        yield JSON.stringify({
          file: frame?.file ?? filename,
          function: frame?.symbol ?? null,
          line: frame?.line ?? null,
          column: frame?.column ?? null,
          hits: hits.get(textOffset(low)) ?? 0,
          pc: formatAddress(pc),
        });
      }
}
