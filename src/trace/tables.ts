import { isMap, isModuleNamespaceObject, isProxy, isSet, isTypedArray } from 'node:util/types';
import {
  firstKeys,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isArray,
  ownKeys,
  weakGet,
  weakSet,
} from './intrinsics.ts';
import type { Recorder } from './recorder.ts';

/** Keys of one table that a key is compared with. */
const LIMIT = 64;

/** Whether its own properties can be looked at without running code: no proxy, and no module that is half loaded. */
const isTransparent = (value: unknown): value is object =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
  !isProxy(value) &&
  !isModuleNamespaceObject(value);

interface Sample {
  keys: string[];
  /** Lookups until it is taken again. */
  left: number;
}

/** Looking at all keys of a large table takes as long as many lookups, so that its sample serves as many. */
const samples = new WeakMap<object, Sample>();

function sampleKeys(table: object): string[] {
  const known = weakGet(samples, table);
  if (known !== undefined && known.left-- > 0) return known.keys;
  const all = ownKeys(table);
  const total = all.length;
  if (total > LIMIT) {
    all.length = LIMIT;
    weakSet(samples, table, { keys: all, left: total / LIMIT });
  }
  return all;
}

/** A key that is missing from an object which serves as a table, with the keys that it has. */
export function lookUp(recorder: Recorder, table: unknown, key: unknown, pc: number): void {
  if (typeof key !== 'string' && typeof key !== 'number') return;
  if (!isTransparent(table) || isArray(table) || isTypedArray(table) || hasOwn(table, key)) return;
  const keys = sampleKeys(table);
  // That it was looked for is worth knowing where there is nothing to compare it with.
  if (keys.length === 0 && typeof key === 'string') recorder.values(key, '', pc);
  for (let i = 0; i < keys.length; i++) {
    const own = keys[i]!;
    if (typeof key === 'string') recorder.values(key, own, pc);
    else if (`${+own}` === own) recorder.values(key, +own, pc);
  }
}

export const isCollection = (value: unknown): value is ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> =>
  isMap(value) || isSet(value);

/** A key of a map, or a value of a set, with those of its type that are there. */
export function lookUpIn(
  recorder: Recorder,
  table: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>,
  key: unknown,
  pc: number,
): void {
  const keys = firstKeys(table, isMap(table), LIMIT);
  for (let i = 0; i < keys.length; i++) if (typeof keys[i] === typeof key) recorder.values(key, keys[i], pc);
}

/** A value that is looked for in an array, with its first elements. */
export function lookUpElement(recorder: Recorder, array: unknown, value: unknown, pc: number): void {
  if (!isTransparent(array) || !(isArray(array) || isTypedArray(array))) return;
  for (let i = 0; i < LIMIT; i++) {
    const element = getOwnPropertyDescriptor(array, i);
    if (element === undefined) break;
    if (hasOwn(element, 'value') && typeof element.value === typeof value)
      recorder.values(value, element.value, pc);
  }
}

/** The property `name`, found as the language finds it, where no getter and no proxy is on the way. */
function propertyOf(value: unknown, name: unknown): unknown {
  if (typeof name !== 'string' && typeof name !== 'number') return undefined;
  for (let owner = value; isTransparent(owner); owner = getPrototypeOf(owner)) {
    const property = getOwnPropertyDescriptor(owner, name);
    if (property !== undefined) return hasOwn(property, 'value') ? property.value : undefined;
  }
  return undefined;
}

export function peek(root: unknown, names: readonly unknown[]): unknown {
  let value = root;
  for (let i = 0; i < names.length; i++) value = propertyOf(value, names[i]);
  return value;
}
