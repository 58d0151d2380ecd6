import { tokens } from './tokens.ts';

const OPENING = new Set(['(', '[', '{']);
const CLOSING = new Set([')', ']', '}']);

/** What esbuild and TypeScript make of an asynchronous function where there are none yet: its own text is inside. */
const LOWERED =
  /\b(?:__async|__awaiter)\((?:this|null|void 0), (?:null|void 0|arguments|\[[\w$, ]*\]), (?:void 0, )?(?=function)/;

type Callable = (...args: never[]) => unknown;

/**
 * The properties that a function takes out of its parameter behind `before` others; undefined where it does not take it
 * apart. The engine tells the number of parameters alone; vitest finds fixtures in the text of a function too.
 */
export const takenApart = (fn: Callable, before: number): string[] | undefined =>
  properties(parameters(Function.prototype.toString.call(fn))[before]);

/** Of a parameter that is a pattern of an object, given as its tokens. */
export function properties(parameter: readonly string[] | undefined): string[] | undefined {
  if (parameter?.[0] !== '{') return undefined;
  return list(parameter.slice(1).values())
    .map(([first, second]) => (first === '...' ? `...${second}` : first!.replace(/^(["'])(.*)\1$/, '$2')))
    .filter((name) => name !== '[');
}

/** The parameters of a function, each as its tokens, in the text of the function. */
export function parameters(text: string): string[][] {
  const lowered = LOWERED.exec(text);
  const rest = tokens(lowered === null ? text : text.slice(lowered.index + lowered[0].length));
  const head: string[] = [];
  for (const token of withDepth(rest)) {
    if (token.depth === 0 && token.text === '=>') return [[head.at(-1)!]];
    if (token.depth === 1 && token.text === '(') return head[0] === 'class' ? [] : list(rest);
    head.push(token.text);
  }
  return [];
}

/** What stands between commas, up to where the bracket is closed that stands before it. */
function list(rest: Iterator<string>): string[][] {
  const parts: string[][] = [[]];
  for (const { text, depth } of withDepth(rest)) {
    if (depth < 0) break;
    if (depth === 0 && text === ',') parts.push([]);
    else parts.at(-1)!.push(text);
  }
  return parts.filter((part) => part.length > 0);
}

/** Each token, and how many brackets are open behind it. The iterator goes on where this ends. */
function* withDepth(rest: Iterator<string>): Generator<{ text: string; depth: number }> {
  let depth = 0;
  for (let one = rest.next(); !one.done; one = rest.next()) {
    const text = one.value;
    if (OPENING.has(text)) depth++;
    else if (CLOSING.has(text)) depth--;
    yield { text, depth };
  }
}
