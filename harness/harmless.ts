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
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.replace(/\s+/g, ' ').replace(MODIFIERS, '').replace(PILES, '$1').replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
