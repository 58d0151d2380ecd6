import fc, { type Arbitrary } from '../../fast-check.ts';

/**
 * Random programs that write their own call tree down: each function says when it is entered and left. A function calls
 * those after it; with `recursion` itself and those before it too, as long as there is fuel.
 */
export interface CallProgram {
  text: string;
  functions: number;
}

type Write = (scope: Scope) => string;
interface Scope {
  self: number;
  count: number;
  recursion: boolean;
}

const target: Arbitrary<(scope: Scope) => string | null> = fc
  .nat(1000)
  .map((n) => ({ self, count, recursion }) => {
    const lowest = recursion ? 0 : self + 1;
    return lowest >= count ? null : `f${lowest + (n % (count - lowest))}`;
  });
const call: Arbitrary<Write> = fc
  .record({ target, plain: fc.boolean() })
  .map(({ target, plain }) => (scope) => {
    const name = target(scope);
    if (name === null) return 'n++';
    return plain ? `n += ${name}(n)` : `list.push(${name}(n + 1))`;
  });

const { statement } = fc.letrec<{ statement: Write; block: Write }>((tie) => ({
  block: fc
    .array(tie('statement'), { minLength: 0, maxLength: 3 })
    .map((list) => (scope) => `{ ${list.map((one) => one(scope)).join('\n')} }`),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    call.map(
      (write): Write =>
        (scope) =>
          `${write(scope)};`,
    ),
    fc.record({ a: call, b: call }).map(
      ({ a, b }): Write =>
        (scope) =>
          `n % 2 ? (${a(scope)}) : (${b(scope)});`,
    ),
    fc.record({ test: fc.nat(3), body: tie('block'), other: fc.option(tie('block')) }).map(
      ({ test, body, other }): Write =>
        (scope) =>
          `if (n % 4 > ${test}) ${body(scope)}${other === null ? '' : ` else ${other(scope)}`}`,
    ),
    fc.record({ turns: fc.nat(3), body: tie('block') }).map(
      ({ turns, body }): Write =>
        (scope) =>
          `for (let i = 0; i < ${turns}; i++) ${body(scope)}`,
    ),
    fc.record({ a: target, b: target }).map(
      ({ a, b }): Write =>
        (scope) => {
          const [x, y] = [a(scope), b(scope)];
          return x === null || y === null ? 'n++;' : `if (${x}(n) > 2 && ${y}(1) > 1) n++;`;
        },
    ),
    fc.record({ a: target, b: target }).map(
      ({ a, b }): Write =>
        (scope) => {
          const [x, y] = [a(scope), b(scope)];
          return x === null || y === null ? 'n++;' : `n = ${x}(${y}(n));`;
        },
    ),
    fc.nat(3).map(
      (test): Write =>
        () =>
          `if (n % 5 === ${test}) return n;`,
    ),
    fc.nat(3).map(
      (test): Write =>
        () =>
          `if (n % 7 === ${test}) throw n;`,
    ),
    fc.record({ body: tie('block'), handler: tie('block') }).map(
      ({ body, handler }): Write =>
        (scope) =>
          `try ${body(scope)} catch ${handler(scope)}`,
    ),
  ),
}));

export const callPrograms = (recursion: boolean): Arbitrary<CallProgram> =>
  fc
    .array(fc.array(statement, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 6 })
    .map((bodies) => {
      const scope = { count: bodies.length, recursion };
      const functions = bodies.map((body, self) => {
        const text = body.map((one) => `  ${one({ ...scope, self })}`).join('\n');
        return `function f${self}(n) {\n  try { tree.enter('f${self}');\n${text}\n  return n % 9; } finally { tree.leave(); }\n}`;
      });
      return { text: `${functions.join('\n')}\nexports.run = f0;\n`, functions: bodies.length };
    });
