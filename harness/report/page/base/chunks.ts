/**
 * What the page is made of lies in data blocks of the document, and is decoded when it is first looked at.
 *
 * A block is `<script type="application/octet-stream" id="chunk-NAME">`: base64 of deflate-raw of JSON.
 */

/** Decoded blocks that are kept; those used last. */
const KEPT = 48;

const ready = new Map<string, unknown>();
const underWay = new Map<string, Promise<unknown>>();

/** What a block holds; undefined where there is none of this name. */
export async function chunk<T>(name: string): Promise<T | undefined> {
  if (ready.has(name)) return peek<T>(name);
  let promise = underWay.get(name);
  if (!promise) {
    promise = decode(name).then((content) => keep(name, content));
    underWay.set(name, promise);
  }
  return (await promise) as T | undefined;
}

/** The same, where it has been decoded before. */
export function peek<T>(name: string): T | undefined {
  const content = ready.get(name);
  ready.delete(name);
  ready.set(name, content);
  return content as T | undefined;
}

export const isReady = (name: string): boolean => ready.has(name);

function keep(name: string, content: unknown): unknown {
  underWay.delete(name);
  ready.set(name, content);
  const [oldest] = ready.keys();
  if (ready.size > KEPT) ready.delete(oldest!);
  return content;
}

async function decode(name: string): Promise<unknown> {
  const block = await find(`chunk-${name}`);
  if (!block) return undefined;
  const inflated = new Blob([bytes(block.textContent ?? '')])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(inflated).text());
}

/** Blocks behind this script may still be on their way. */
async function find(id: string): Promise<HTMLElement | null> {
  const there = document.getElementById(id);
  // Its text is whole when something follows it.
  if (there?.nextElementSibling || document.readyState !== 'loading') return there;
  await new Promise((parsed) => document.addEventListener('DOMContentLoaded', parsed, { once: true }));
  return document.getElementById(id);
}

/** Bytes of base64. */
export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const result = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) result[at] = binary.charCodeAt(at);
  return result;
}
