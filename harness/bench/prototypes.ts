/**
 * What a careful user asserts of a parser's answer: plain objects have the prototype that plain objects have, so
 * that the text cannot give them properties that nobody sees.
 *
 * @throws where an object of the tree has another one
 */
export function checkPrototypes(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  const usual = prototype === null || prototype === Object.prototype || prototype === Array.prototype;
  if (!usual && prototype?.constructor === Object) throw new Error('the text has set a prototype');
  for (const child of Object.values(value)) checkPrototypes(child);
}
