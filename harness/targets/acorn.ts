import { parse } from 'acorn';

/** acorn 8.19.0, ES modules: whatever the text, the answer is a tree or a SyntaxError with its place. */
export function fuzz(data: Buffer): void {
  try {
    parse(data.toString(), { ecmaVersion: 'latest', sourceType: 'script', locations: true });
  } catch (error) {
    if (!(error instanceof SyntaxError) || typeof (error as { pos?: unknown }).pos !== 'number') throw error;
  }
}
