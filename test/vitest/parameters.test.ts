import { parseSync, types } from '@babel/core';
import { describe, expect, test } from 'vitest';
import { parameters, properties, takenApart } from '../../harness/vitest/parameters.ts';
import fc from '../fast-check.ts';

type Callable = (...args: never[]) => unknown;

/** A function of that text; a method has no text of its own that can be evaluated, so it stands in an object. */
const read = (fn: Callable): string[][] => parameters(Function.prototype.toString.call(fn));

const made = (text: string): Callable => new Function(`return (${text})`)() as Callable;
const method = (text: string): Callable => Object.values(made(`{ ${text} }`) as object)[0] as Callable;

describe('the parameters of a function are read', () => {
  test.each([
    ['(data) => {}', 1],
    ['data => data', 1],
    ['async data => data', 1],
    ['async (data, { expect }) => {}', 2],
    ['function (data, done) { done() }', 2],
    ['async function* named(a, b, ...rest) {}', 3],
    ["(a = ')', b) => {}", 2],
    ['(a = "\\"),", b) => {}', 2],
    ['(a = `)$\\{`, b) => {}', 2],
    ['(a = `)¤{`,¤{")"}`}`, b) => {}', 2],
    ['(a = `¤{{ a: 1 }.a}`, b) => {}', 2],
    ['(a = /[)/,]/g, b) => {}', 2],
    ['(a = /\\//, b) => {}', 2],
    ['(a = 4 / 2, b = 1 / 3) => {}', 2],
    ['(a = [4][0] / 2, b = "/)") => {}', 2],
    ['(a = (1) / 2, b = "/)") => {}', 2],
    ['(a = void /[,]/, b) => {}', 2],
    ['(a /* , ) */, b) => {}', 2],
    ['(a, // )\n b) => {}', 2],
    ['(/* none */) => {}', 0],
    ['(a,) => {}', 1],
    ['(a = (x, y) => [x, y], { b } = {}) => {}', 2],
    ['(a = function (x, y) { return ")"; }, b) => {}', 2],
    ['(a = class { m(x, y) {} }, b) => {}', 2],
    ['(a=1,{b:c=`)`},...[d,e])=>0', 3],
  ])('%s', (text, count) => {
    expect(read(made(text.replaceAll('¤', '$')))).toHaveLength(count);
  });

  test('of methods, whatever they are called', () => {
    for (const text of [
      'm(a, b) {}',
      'async m(a, b) {}',
      '*m(a, b) {}',
      "'m(x'(a, b) {}",
      '["m(" + (1, 2)](a, b) {}',
      '1(a, b) {}',
    ])
      expect(read(method(text)), text).toHaveLength(2);
  });

  test('what is no text of a function has none', () => {
    expect(read(made('(a, b) => {}').bind(undefined) as Callable)).toEqual([]);
    expect(read(Math.max)).toEqual([]);
    expect(
      read(
        class {
          constructor(readonly a: string) {}
        } as unknown as Callable,
      ),
    ).toEqual([]);
  });

  test('an asynchronous function that was compiled for where there are none', () => {
    const __async = (): void => {};
    const esbuild = new Function(
      '__async',
      'return (_0, _1) => __async(this, [_0, _1], function* (data, { db }) {})',
    );
    expect(takenApart(esbuild(__async) as Callable, 1)).toEqual(['db']);
    const tsc = new Function(
      '__awaiter',
      'return (data_1, _a) => __awaiter(void 0, [data_1, _a], void 0, function* (data, { db }) {})',
    );
    expect(takenApart(tsc(__async) as Callable, 1)).toEqual(['db']);
  });
});

describe('what is taken out of the context', () => {
  test.each([
    ['(data, { expect, db }) => {}', ['expect', 'db']],
    ['(data, { db: { rows = [1, 2] }, cache = f(")") } = {}) => {}', ['db', 'cache']],
    ['(data, { "db": d, ...others }) => {}', ['db', '...others']],
    ['(data, {}) => {}', []],
    ['(data, done) => {}', undefined],
    ['(data, [a]) => {}', undefined],
    ['(data) => {}', undefined],
  ])('%s', (text, taken) => {
    expect(takenApart(made(text), 1)).toEqual(taken);
  });
});

const name = fc.constantFrom('data', 'expect', '$', '_a', 'ünï', 'of', 'async', 'get');
const comment = fc.constantFrom('', ' ', '/* ), { */', '// ) => {\n', '\n', '/*/ "*/');
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const value = tie('expression');
  const operator = fc.constantFrom('/', '+', ',', '%', '<', '??');
  return {
    expression: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        '1',
        '.5e3',
        '"),("',
        "'\\'{'",
        '`a)\\``',
        '/[/)]{1,}/giu',
        '/\\)/',
        'null',
        '({})',
        '[]',
      ),
      fc.tuple(value, operator, value).map(([a, by, b]) => `(${a} ${by} ${b})`),
      value.map((one) => ['`)', '$', `{${one}}`, '{`'].join('')),
      value.map((one) => `([${one}, ${one}][0] / 2)`),
      value.map((one) => `((a, { b = ${one} }) => ${one})`),
      value.map((one) => `(function (x, y) { return ${one}; })`),
      value.map((one) => `(typeof /[(]/.exec(${one}))`),
      value.map((one) => `({ a: ${one}, 'b)': [${one}] })`),
    ),
  };
});
const property = fc.oneof(
  name,
  fc.tuple(name, expression).map(([one, value]) => `${one} = ${value}`),
  fc.tuple(name, name).map(([one, as]) => `${one}: ${as}`),
  fc.tuple(name, expression).map(([one, value]) => `"${one}": { inner = ${value} }`),
);
const parameter = fc.oneof(
  name,
  fc.tuple(name, expression).map(([one, value]) => `${one} = ${value}`),
  fc.array(property, { maxLength: 3 }).map((all) => `{ ${all.join(', ')} }`),
  fc
    .tuple(fc.array(property, { maxLength: 3 }), expression)
    .map(([all, value]) => `{${all.join(',')}} = ${value}`),
  name.map((one) => `[${one}]`),
);
const shape = fc.constantFrom(
  (list: string) => `(${list}) => { ")" }`,
  (list: string) => `async (${list}) => 1`,
  (list: string) => `function (${list}) {}`,
  (list: string) => `async function* named(${list}) {}`,
);

test('of random functions they are those that a parser finds', () => {
  const list = fc.array(
    fc.tuple(comment, parameter, comment).map((parts) => parts.join('')),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(list, shape, (all, as) => {
      const text = as(all.join(','));
      expect(parameters(text).map(properties), text).toEqual(parsed(text).map(keys));
    }),
    { numRuns: 500 },
  );
});

function parsed(text: string): types.Node[] {
  // Two parameters of one name are an error, but not one of the text.
  const options = { configFile: false, babelrc: false, parserOpts: { errorRecovery: true } } as const;
  const { program } = parseSync(`(${text})`, options) as types.File;
  return ((program.body[0] as types.ExpressionStatement).expression as types.ArrowFunctionExpression).params;
}

function keys(parameter: types.Node): string[] | undefined {
  const pattern = types.isAssignmentPattern(parameter) ? parameter.left : parameter;
  if (!types.isObjectPattern(pattern)) return undefined;
  return pattern.properties.map((one) => {
    const { key } = one as types.ObjectProperty;
    return types.isStringLiteral(key) ? key.value : (key as types.Identifier).name;
  });
}
