const BLANK = /(?:\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+/y;
const REGEXP = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/y;
const TOKEN =
  /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|(?:[\p{ID_Continue}$#\u200c\u200d]|\\u\{?[\da-fA-F]+\}?)+|\.\.\.|=>|\+\+|--|[\s\S]/uy;

/** Words behind which an expression begins: a slash is the start of a regular expression. */
const BEFORE_EXPRESSIONS = new Set(
  'await case delete do else in instanceof new of return throw typeof void yield'.split(' '),
);

/** The tokens of some JavaScript, one after the other; blanks and comments are none. */
export function* tokens(text: string): Generator<string> {
  let previous = '';
  for (let position = 0; ; position += previous.length) {
    position += match(BLANK, text, position).length;
    if (position >= text.length) return;
    previous = next(text, position, previous);
    yield previous;
  }
}

function next(text: string, position: number, previous: string): string {
  if (text[position] === '`') return text.slice(position, endOfTemplate(text, position + 1));
  const regexp = text[position] === '/' && !endsValue(previous) ? match(REGEXP, text, position) : '';
  return regexp || match(TOKEN, text, position);
}

/** Whether an operator follows: then a slash divides. */
const endsValue = (token: string): boolean =>
  /^(?:[\p{ID_Continue}$#"'`)\]}]|\+\+|--|\/.)/u.test(token) && !BEFORE_EXPRESSIONS.has(token);

/** @param position behind the first backtick */
function endOfTemplate(text: string, position: number): number {
  for (let at = position; at < text.length; at++) {
    if (text[at] === '`') return at + 1;
    if (text[at] === '\\') at++;
    else if (text.startsWith('${', at)) at = endOfHole(text, at + 2);
  }
  return text.length;
}

/** @returns where the brace is that ends what stands in a template */
function endOfHole(text: string, position: number): number {
  let depth = 0;
  let previous = '';
  for (let at = position; at < text.length; at += previous.length) {
    at += match(BLANK, text, at).length;
    if (text[at] === '}' && depth === 0) return at;
    previous = next(text, at, previous);
    if (previous === '{') depth++;
    if (previous === '}') depth--;
  }
  return text.length;
}

function match(pattern: RegExp, text: string, position: number): string {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? '';
}
