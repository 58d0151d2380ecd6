import { type Count, type PageIndex, TOTALS } from './page/data.ts';

/** What a page says where no script may run. */
export function summary(index: PageIndex): string {
  const rows = TOTALS.map(([kind, title]) => row(title, index.totals[kind])).join('');
  const { inputs } = index;
  return `<main><h1>Coverage of ${escapeHtml(index.target)}</h1>
<table><tr><th>What</th><th>Covered</th><th>Of</th><th>Share</th></tr>${rows}</table>
<p>${index.files.length} files, ${inputs.count} inputs (${inputs.failed} end in an error), ${index.findings.length} findings, ${index.doors} doors of the frontier.</p>
<p>Made ${escapeHtml(index.made)} by ${escapeHtml(index.generator)}: <code>${escapeHtml(index.command)}</code></p>
<p>Sources, inputs and traces are shown by a script, which this browser does not run.</p></main>`;
}

const row = (title: string, [covered, total]: Count): string =>
  `<tr><th>${title}</th><td>${covered}</td><td>${total}</td><td>${total ? `${((covered / total) * 100).toFixed(1)}%` : '–'}</td></tr>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is text wherever it stands in markup. What HTML forbids becomes U+FFFD. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
    .replace(/[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu, '\ufffd');
