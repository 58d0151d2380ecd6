import { parse, stringify, TomlError } from 'smol-toml';

/** smol-toml 1.9.1, ES modules: a document is refused with a TomlError, or can be written and parsed again. */
export function fuzz(data: Buffer): void {
  const text = data.toString();
  try {
    parse(text);
  } catch (error) {
    if (error instanceof TomlError) return;
    throw error;
  }
  parse(stringify(parse(text)));
}
