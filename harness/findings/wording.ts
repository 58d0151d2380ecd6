/** Messages are hostile text: they quote the input, and may hold anything. */

/** Escape sequences of terminals, whole, so that nothing of them is left to be read as text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPES = /[\u001b\u009b](?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])?/g;

/** Text without controls, as one line. Format characters, which turn text around, are among them. */
export const oneLine = (text: string): string =>
  text
    .replace(ESCAPES, '')
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();

/** At most so many characters; what is too much goes from the end. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}

/** Characters of a message that count: a message may quote an input of any length behind. */
const LENGTH = 200;

/**
 * What stays the same of a message whatever the input is: words, without numbers and without what is quoted, from the
 * first quote to the last, since what is quoted may hold quotes too.
 */
export function wording(message: string): string {
  const line = message.split('\n')[0]!;
  const words = line
    .replace(/(["'`“‘«]).*["'`”’»]/s, ' ')
    .replace(/0x[\da-f]+|\d+/gi, ' ')
    .split(/[\s\p{C}]+/u)
    .filter((word) => /^[([{<]?[\p{L}$_][\p{L}$_.-]+[)\]}>.,:;!?]*$/u.test(word));
  return words.join(' ').slice(0, LENGTH);
}
