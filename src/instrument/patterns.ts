/** The shortest run that is worth a word. */
const MIN_LENGTH = 2;

/** Escapes that stand for one character. */
const CONTROL: Record<string, string> = { n: '\n', r: '\r', t: '\t', v: '\v', f: '\f', 0: '\0' };

/** What stands at the place of an escape, group, class or other thing that is no character. */
const TOKEN =
  /\\(?:x(?<hex>[\da-f]{2})|u(?:(?<unit>[\da-f]{4})|\{(?<point>[\da-f]+)\})|c[a-z]|[pPk](?:\{[^}]*\}|<[^>]*>)|\d+|(?<escaped>.))|\[(?:\\.|[^\]\\])*\]|(?<times>[*+?]|\{\d+(?:,\d*)?\})\??|\(\?(?:<?[=!]|<[^>]+>|[a-z-]*:)|(?<meta>[().|^$])|(?<plain>.)/gisu;

/**
 * Runs of characters that a regular expression asks for as they are: `GET ` and `HTTP/` in `/^GET (\S+) HTTP\/\d/`.
 * Only its text is looked at; what may be missing, as `s` in `/https?:/`, ends the run before it.
 */
export function patternTexts(pattern: string): string[] {
  const texts: string[] = [];
  let run: string[] = [];
  const end = (): void => {
    if (run.length >= MIN_LENGTH) texts.push(run.join(''));
    run = [];
  };
  for (const { groups } of pattern.matchAll(TOKEN)) {
    const character = characterOf(groups!);
    if (character !== null) run.push(character);
    else if (groups!['times']) {
      const last = run.at(-1);
      const isThere = /^(?:\+|\{0*[1-9])/.test(groups!['times']);
      if (!isThere) run.pop();
      end();
      // Once or more: it ends one run, and begins the next.
      if (isThere && last !== undefined) run.push(last);
    } else end();
  }
  end();
  return texts;
}

/** The character that a token stands for; null where it is none. */
function characterOf({
  hex,
  unit,
  point,
  escaped,
  plain,
}: Record<string, string | undefined>): string | null {
  const code = hex ?? unit ?? point;
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  if (plain !== undefined) return plain;
  if (escaped === undefined) return null;
  if (escaped in CONTROL) return CONTROL[escaped]!;
  return /\w/.test(escaped) ? null : escaped;
}
