/**
 * Where one is, as the address has it behind `#`. What stands in it is any text, lone surrogates included.
 */
export type View = 'overview' | 'files' | 'file' | 'functions' | 'frontier' | 'inputs' | 'input' | 'findings';

export interface Route {
  view: View | 'lost';
  /** Path of a file, number of an input or a door, name of a finding. */
  name: string;
  line?: number;
  params: ReadonlyMap<string, string>;
}

type Params = Record<string, string | number | true | undefined>;

const VIEWS: ReadonlySet<string> = new Set<View>([
  'files',
  'file',
  'functions',
  'frontier',
  'inputs',
  'input',
  'findings',
]);

export const home = '#/';
export const toView = (view: View, params?: Params): string => `#/${view}${query(params)}`;
export const toFile = (path: string, line?: number, inputs = false): string =>
  `#/file/${path.split('/').map(encode).join('/')}${line === undefined ? '' : `:${line}`}${inputs ? '?inputs' : ''}`;
export const toInput = (input: number): string => `#/input/${input}`;
export const toFinding = (slug: string): string => `#/findings/${encode(slug)}`;

/** @param hash with its `#` */
export function parse(hash: string): Route {
  const [address = '', search = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  const [view = '', rest = ''] = splitOnce(address, '/');
  const params = readParams(search);
  if (address === '') return { view: 'overview', name: '', params };
  if (!VIEWS.has(view)) return { view: 'lost', name: hash, params };
  const [, name = '', line] = view === 'file' ? rest.match(/^(.*?)(?::(\d+))?$/s)! : ['', rest];
  return {
    view: view as View,
    name: name.split('/').map(decode).join('/'),
    ...(line === undefined ? {} : { line: Number(line) }),
    params,
  };
}

/** As encodeURIComponent, which throws at lone surrogates: they are written as `%uD800`. */
function encode(text: string): string {
  return text
    .split(/(\p{Surrogate})/u)
    .map((part) => (/^\p{Surrogate}$/u.test(part) ? `%u${part.charCodeAt(0).toString(16)}` : escapeAll(part)))
    .join('');
}

/** Chromium takes `.` and `..` out of no fragment, but what shows links might. */
const escapeAll = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, hexadecimal);
const hexadecimal = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;

function decode(text: string): string {
  return text
    .split(/(%u[0-9a-f]{4})/i)
    .map((part, at) => (at % 2 ? String.fromCharCode(Number.parseInt(part.slice(2), 16)) : decodePart(part)))
    .join('');
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function query(params: Params = {}): string {
  const parts = Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => (value === true ? name : `${name}=${encode(String(value))}`));
  return parts.length ? `?${parts.join('&')}` : '';
}

function readParams(search: string): Map<string, string> {
  const pairs = search
    .split('&')
    .filter(Boolean)
    .map((part) => splitOnce(part, '='));
  return new Map(pairs.map(([name, value]) => [decode(name ?? ''), decode(value ?? '')]));
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
