/** What XML 1.0 has no way to write, whether escaped or not. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const reference = (character: string): string => `&#${character.codePointAt(0)};`;

/** Text for an attribute, where line breaks would become spaces. */
export const attribute = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/[&<>"\t\n\r\x85\u2028]/g, reference);

/** Text for the content of an element, in which readers make one line break of all kinds. */
export const content = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/[&<>\r\x85\u2028]/g, reference);

export interface Element {
  name: string;
  attributes?: Readonly<Record<string, string | number>>;
  /** Either elements or a text. */
  children?: readonly Element[] | string;
}

/** An element with what is in it, a line each. */
export function xml({ name, attributes = {}, children = [] }: Element, indent = ''): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(String(value))}"`);
  const start = `${indent}<${name}${list.join('')}`;
  if (children.length === 0) return `${start}/>`;
  if (typeof children === 'string') return `${start}>${content(children)}</${name}>`;
  return [`${start}>`, ...children.map((child) => xml(child, `${indent}  `)), `${indent}</${name}>`].join(
    '\n',
  );
}
