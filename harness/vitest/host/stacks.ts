import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

type Site = NodeJS.CallSite;

/**
 * Vite formats the stacks of a process in which it runs modules, and maps the frames of those alone; this has frames of
 * files that Node itself has loaded mapped again, as Node would.
 */
export function mapNodesFrames(): void {
  const format = Error.prepareStackTrace;
  if (format === undefined) return;
  Error.prepareStackTrace = (error, sites) => format(error, sites.map(mapped));
}

function mapped(site: Site): Site {
  const [file, line, column] = [site.getFileName(), site.getLineNumber(), site.getColumnNumber()];
  if (!file || line === null || column === null) return site;
  const origin = findSourceMap(file)?.findOrigin(line, column);
  return origin === undefined || !('fileName' in origin) ? site : moved(site, origin);
}

/** A call site with another place. */
function moved(site: Site, { fileName, lineNumber, columnNumber }: NonNullable<Origin>): Site {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(site)) as (keyof Site)[];
  const bound = methods.map((name) => [name, (site[name] as () => unknown).bind(site)]);
  const file = fileName.startsWith('file:') ? fileURLToPath(fileName) : fileName;
  const place = `${file}:${lineNumber}:${columnNumber}`;
  return Object.create({
    ...Object.fromEntries(bound),
    getFileName: () => file,
    getScriptNameOrSourceURL: () => file,
    getLineNumber: () => lineNumber,
    getColumnNumber: () => columnNumber,
    toString: () => String(site).replace(/[^()\s]+:\d+:\d+(?=\)?$)/, place),
  }) as Site;
}

type Origin = Extract<
  ReturnType<NonNullable<ReturnType<typeof findSourceMap>>['findOrigin']>,
  { fileName: string }
>;
