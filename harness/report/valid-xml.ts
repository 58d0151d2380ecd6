import { attribute, content } from '../xml.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** What istanbul's reports write XML to. */
interface Output {
  println(line: string): void;
}

/**
 * Stands in for istanbul's writer of XML, which writes names of files as they are. What it is given is escaped here,
 * and of Cobertura's elements the attributes are those that their DTD asks for.
 */
export class ValidXml {
  readonly #output: Output;
  readonly #open: string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  /** The elements that are open. Its users look at it. */
  get stack(): readonly string[] {
    return this.#open;
  }

  openTag(name: string, attributes?: Attributes): void {
    this.#print(`<${name}${written(name, attributes)}>`);
    this.#open.push(name);
  }

  closeTag(name: string): void {
    this.#open.pop();
    this.#print(`</${name}>`);
  }

  inlineTag(name: string, attributes?: Attributes | null, text?: string): void {
    const start = `<${name}${written(name, attributes ?? {})}`;
    this.#print(text ? `${start}>${content(text)}</${name}>` : `${start}/>`);
  }

  closeAll(): void {
    for (const name of [...this.#open].reverse()) this.closeTag(name);
  }

  #print(line: string): void {
    this.#output.println('  '.repeat(this.#open.length) + line);
  }
}

const written = (name: string, attributes: Attributes = {}): string =>
  Object.entries(lawful(name, attributes))
    .map(([key, value]) => ` ${key}="${attribute(String(value))}"`)
    .join('');

/** Cobertura's elements are known by their rates; that of a method has none here, but how often it ran. */
function lawful(element: string, attributes: Attributes): Attributes {
  const { hits, ...rest } = attributes;
  if (element === 'method') {
    const rate = Number(hits) > 0 ? 1 : 0;
    return { ...rest, name: unescaped(rest['name']), 'line-rate': rate, 'branch-rate': rate, complexity: 0 };
  }
  if ((element === 'package' || element === 'class') && 'line-rate' in attributes)
    return { ...attributes, name: unescaped(attributes['name']), complexity: 0 };
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

/** Cobertura's report escapes names of classes and methods itself, and no others. */
const unescaped = (name: unknown): string =>
  String(name).replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity]!);
