/**
 * The language's own functions, as they were when the kernel was loaded: code under test may put its own in their
 * place, and tracing runs none of it.
 */
const { bind, call } = Function.prototype;
const uncurryThis = bind.bind(call) as <T, A extends unknown[], R>(
  fn: (this: T, ...args: A) => R,
) => (self: T, ...args: A) => R;

const getter = <T, R>(prototype: object, name: PropertyKey): ((self: T) => R) =>
  uncurryThis(Object.getOwnPropertyDescriptor(prototype, name)!.get as (this: T) => R);

export const { isArray } = Array;
export const { isNaN: isNotANumber, isSafeInteger } = Number;
export const { getOwnPropertyDescriptor, getPrototypeOf, keys: ownKeys, hasOwn } = Object;
export const { floor, max, min } = Math;

// Overloads make the types of these too wide to be found.
const { prototype: string } = String;
export const charCodeAt: (self: string, at: number) => number = uncurryThis(string.charCodeAt);
export const slice: (self: string, start: number, end?: number) => string = uncurryThis(string.slice);
export const includes: (self: string, needle: string, from?: number) => boolean = uncurryThis(
  string.includes,
);

const encoder = new TextEncoder();
const encodeText = uncurryThis(encoder.encode);
const encodeTextInto = uncurryThis(encoder.encodeInto);
export const encode = (text: string): Uint8Array => encodeText(encoder, text);
/** As much of the text as there is room for. */
export const encodeInto = (text: string, into: Uint8Array): unknown => encodeTextInto(encoder, text, into);

const { prototype: weakMap } = WeakMap;
export const weakGet: <K extends object, V>(self: WeakMap<K, V>, key: K) => V | undefined = uncurryThis(
  weakMap.get,
);
export const weakSet: <K extends object, V>(self: WeakMap<K, V>, key: K, value: V) => unknown = uncurryThis(
  weakMap.set,
);

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const bufferOf = getter<ArrayBufferView, ArrayBuffer>(typedArray, 'buffer');
const offsetOf = getter<ArrayBufferView, number>(typedArray, 'byteOffset');
const lengthOf = getter<ArrayBufferView, number>(typedArray, 'byteLength');

const EMPTY = new Uint8Array(0);

/** The bytes of a typed array, without the properties that a program may have given to it. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  const length = lengthOf(array);
  // One whose buffer was given away has no bytes, and cannot be looked at either.
  return length === 0 ? EMPTY : new Uint8Array(bufferOf(array), offsetOf(array), length);
}

const find = uncurryThis(Buffer.prototype.indexOf as (this: Uint8Array, needle: Uint8Array) => number);
/** @param haystack of `bytesOf`, as `needle` */
export const hasBytes = (haystack: Uint8Array, needle: Uint8Array): boolean => find(haystack, needle) !== -1;

/** The first keys of a map, or members of a set; `limit` of them. */
export function firstKeys(
  table: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>,
  isMap: boolean,
  limit: number,
): unknown[] {
  const found: unknown[] = [];
  const keys = isMap ? mapKeys(table as Map<unknown, unknown>) : setValues(table as Set<unknown>);
  const next = isMap ? mapNext : setNext;
  for (let i = 0; i < limit; i++) {
    const { done, value } = next(keys);
    if (done) break;
    found[i] = value;
  }
  return found;
}

type Step = { done?: boolean; value: unknown };
const nextOf = (iterator: object) =>
  uncurryThis((Object.getPrototypeOf(iterator) as { next: (this: object) => Step }).next);
const mapKeys: (self: Map<unknown, unknown>) => object = uncurryThis(Map.prototype.keys);
const setValues: (self: Set<unknown>) => object = uncurryThis(Set.prototype.values);
const mapNext = nextOf(new Map().keys());
const setNext = nextOf(new Set().values());
