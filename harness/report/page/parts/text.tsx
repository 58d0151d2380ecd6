import type { ComponentChildren } from 'preact';

/** What shows nothing, or turns the text around it: C0 and C1, bidi controls, spaces without width, lone surrogates. */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

/**
 * Text of others: shown as it is, with its invisible characters named, and without an effect on what stands beside it.
 */
export function Text({ of }: { of: string }) {
  return <bdi>{visible(of)}</bdi>;
}

/** Names controls where there are any. They stay in the text, for those who copy it. */
export function visible(text: string): ComponentChildren {
  CONTROL.lastIndex = 0;
  if (!CONTROL.test(text)) return text;
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(CONTROL)) {
    parts.push(text.slice(from, match.index), control(match[0]));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

function control(character: string) {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return (
    <bdi class="control" data-code={code} title={`U+${code}`}>
      {character}
    </bdi>
  );
}
