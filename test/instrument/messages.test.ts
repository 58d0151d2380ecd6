import { describe, expect, test } from 'vitest';
import { compile, run } from './fake-kernel.ts';

/** The message of the error that the code ends with. */
const messageOf = (code: string): string => `(() => { try { ${code}; } catch (e) { return e.message; } })()`;

const NAMES = "const o = { a: {}, n: 5 }, k = 'key', f = () => o, s = 5, x = 'text';";

describe('what V8 quotes of a call, a lookup or a list is the text as it was written', () => {
  test.each([
    ['o.startsWith(x)', 'o.startsWith is not a function'],
    ['o.startsWith(f())', 'o.startsWith is not a function'],
    ['o.a.includes(x, f())', 'o.a.includes is not a function'],
    ['o?.a.includes(x)', 'o?.a.includes is not a function'],
    ['this.me.get(x)', 'this.me.get is not a function'],
    ['o[k](x)', 'o[k] is not a function'],
    ['o[k]()', 'o[k] is not a function'],
    ['o.a[k](x)', 'o.a[k] is not a function'],
    ['o.a[k]()', 'o.a[k] is not a function'],
    ['o?.a[k]()', 'o?.a[k] is not a function'],
    ['o[x].run(x)', "Cannot read properties of undefined (reading 'run')"],
    ['o[k + 1](x)', 'o[(k + 1)] is not a function'],
    ['o[f()](x)', 'o[f(...)] is not a function'],
    ['f()[k](x)', 'f(...)[k] is not a function'],
    ['o.a[k].call(x)', "Cannot read properties of undefined (reading 'call')"],
    ['new o[k](x)', 'o[k] is not a constructor'],
    ['new o[k]()', 'o[k] is not a constructor'],
    ['o[k]`text`', 'o[k] is not a function'],
    ['for (const y of o[k]);', 'o[k] is not iterable'],
    ['[...o[k]]', 'o[k] is not iterable'],
    ['const { y } = o[k]', "Cannot destructure property 'y' of 'o[k]' as it is undefined."],
    ['const { y } = o.a[k]', "Cannot destructure property 'y' of 'o.a[k]' as it is undefined."],
    ['x in s', "Cannot use 'in' operator to search for 'text' in 5"],
    ['x in f().n', "Cannot use 'in' operator to search for 'text' in 5"],
    ['s.n[k]', "Cannot read properties of undefined (reading 'key')"],
    ['f().zz[k]', "Cannot read properties of undefined (reading 'key')"],
    ['o.hasOwn.call(o, x)', "Cannot read properties of undefined (reading 'call')"],
    ["'a'.includes(/a/)", 'First argument to String.prototype.includes must not be a regular expression'],
    ["'a'.matchAll(/a/)", 'String.prototype.matchAll called with a non-global RegExp argument'],
  ])('%s', (statement, message) => {
    const source = `${NAMES} (function () { return ${messageOf(statement)}; }).call({ me: 5 })`;
    const written = run(source).value;
    expect(written).toBe(message);
    const { code } = compile(source);
    expect(run(code).value).toBe(message);
    expect(run(code, { cmp: true }).value).toBe(message);
  });

  test('but of a receiver that is a call, a variable stands for it', () => {
    const { code } = compile(`${NAMES} ${messageOf('f().startsWith(x)')}`);
    expect(run(code).value).toBe('_left0.startsWith is not a function');
  });
});
