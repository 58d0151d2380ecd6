import type { PartialParse, Tree } from '@lezer/common';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { parser } from '@lezer/javascript';

/** Characters; longer files stay plain, and so do files with a line that is very long. */
const LONGEST_TEXT = 1 << 20;
const LONGEST_LINE = 20_000;
/** Milliseconds: at once, and in all. What takes longer stays plain. */
const SLICE = 12;
const BUDGET = 3000;

/** Coloured ranges, in rising order: `classes[i]` is that of `starts[i]` to `ends[i]`. */
export interface Colours {
  starts: number[];
  ends: number[];
  classes: string[];
}

const HIGHLIGHTER = tagHighlighter([
  { tag: [tags.keyword, tags.modifier, tags.self, tags.null, tags.bool], class: 'hl-keyword' },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], class: 'hl-string' },
  { tag: [tags.number, tags.regexp], class: 'hl-number' },
  { tag: [tags.comment], class: 'hl-comment' },
  { tag: [tags.typeName, tags.className, tags.tagName, tags.standard(tags.tagName)], class: 'hl-type' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: 'hl-function' },
]);

/** Whether a text is worth it, and safe. */
export const canHighlight = (text: string, lines: readonly string[]): boolean =>
  text.length <= LONGEST_TEXT && lines.every(({ length }) => length <= LONGEST_LINE);

/**
 * Parses in slices, so that the page stays quick, and calls back once; never where it takes too long or too deep.
 *
 * @returns ends it
 */
export function highlight(path: string, text: string, done: (colours: Colours) => void): () => void {
  const parse = parser.configure({ dialect: dialect(path) }).startParse(text);
  const deadline = performance.now() + BUDGET;
  let timer = setTimeout(step);
  function step() {
    const tree = unlessTooDeep(() => advance(parse, performance.now() + SLICE));
    if (tree === 'too deep') return;
    if (!tree) {
      if (performance.now() < deadline) timer = setTimeout(step);
      return;
    }
    const colours = unlessTooDeep(() => collect(tree));
    if (colours !== 'too deep') done(colours);
  }
  return () => clearTimeout(timer);
}

function advance(parse: PartialParse, until: number): Tree | null {
  while (performance.now() < until) {
    const tree = parse.advance();
    if (tree) return tree;
  }
  return null;
}

function collect(tree: Tree): Colours {
  const colours: Colours = { starts: [], ends: [], classes: [] };
  highlightTree(tree, HIGHLIGHTER, (from, to, name) => {
    colours.starts.push(from);
    colours.ends.push(to);
    colours.classes.push(name);
  });
  return colours;
}

/** Text may be nested more deeply than the stack. */
function unlessTooDeep<T>(action: () => T): T | 'too deep' {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError) return 'too deep';
    throw error;
  }
}

function dialect(path: string): string {
  if (/\.[mc]?ts$/i.test(path)) return 'ts';
  if (/\.tsx$/i.test(path)) return 'ts jsx';
  return 'jsx';
}
