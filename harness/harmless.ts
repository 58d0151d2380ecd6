/** Longer text is nothing that anybody reads, and takes time to measure. */
const LONGEST = 2000;

/** What looks different from terminal to terminal, or is as wide as the terminal likes, and has no meaning alone. */
const MODIFIERS = /[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}\u{1f3fb}-\u{1f3ff}]/gu;
/** Marks that pile up. */
const PILES = /(\p{Mn}{2})\p{Mn}+/gu;
/** Controls, direction and other formats, halves of surrogate pairs, private and unknown characters, enclosing marks. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Me}]/gu;

/** Text of a target as one line that can do nothing to a terminal: `\x1b[2J` and `\u{202e}` are shown as that. */
export function harmless(text: string): string {
  return plain(shortened(text).replace(/\s+/g, ' '));
}

/** A line of code, or of a message, that can do nothing to a terminal; as it is indented, with two spaces for a tab. */
export function harmlessLine(line: string): string {
  return plain(shortened(line).replace(/\t/g, '  ').replace(/\s/g, ' '));
}

/** The same of a text of several lines. */
export const harmlessLines = (text: string): string => text.split('\n').map(harmlessLine).join('\n');

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const plain = (text: string): string =>
  text.replace(MODIFIERS, '').replace(PILES, '$1').replace(UNSEEN, escaped);

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
