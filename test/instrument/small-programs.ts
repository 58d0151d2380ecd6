import fc, { type Arbitrary } from '../fast-check.ts';

/**
 * Random programs in the small language that `block-trace.ts` interprets: numbers, variables, functions, and every
 * statement that steers. They end, since each turn and each call asks `fuel()`; `fuel` comes from outside.
 */

interface Scope {
  /** Variables that have a value by now. */
  variables: readonly string[];
  functions: readonly string[];
  labels: readonly { name: string; isLoop: boolean }[];
  breaks: boolean;
  continues: boolean;
  /** `return` may stand here. */
  returns: boolean;
  counter: { next: number };
}

type Expression = (scope: Scope) => string;
/** What a statement declares is known to those after it. */
type Statement = (scope: Scope) => { text: string; after: Scope };

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;
const fresh = (scope: Scope): string => `v${scope.counter.next++}`;
const still = (write: (scope: Scope) => string): Statement => {
  return (scope) => ({ text: write(scope), after: scope });
};

/** Statements on lines of their own or side by side, so that both halves of a place count. */
function sequence(list: readonly Statement[], scope: Scope): string {
  let [text, at] = ['', scope];
  list.forEach((one, i) => {
    const made = one(at);
    at = made.after;
    text += (i % 2 === 0 ? '\n' : ' ') + made.text;
  });
  return text;
}

const block = (list: readonly Statement[], scope: Scope): string => `{${sequence(list, scope)} }`;

interface FunctionParts {
  defaults: (Expression | null)[];
  body: Statement[];
  result: Expression;
}

function functionCode({ defaults, body, result }: FunctionParts, scope: Scope): [string, Scope, string[]] {
  let inner: Scope = { ...scope, labels: [], breaks: false, continues: false, returns: true };
  const params = defaults.map((value) => {
    const name = fresh(scope);
    const text = value === null ? name : `${name} = ${value(inner)}`;
    inner = { ...inner, variables: [...inner.variables, name] };
    return text;
  });
  return [`fuel();${sequence([...body, still((at) => `return ${result(at)};`)], inner)}`, inner, params];
}

const number = fc.nat(40);

type Grammar = {
  expression: Expression;
  statement: Statement;
  body: Statement[];
  parts: FunctionParts;
};

const { body: anyBody } = fc.letrec<Grammar>((tie) => {
  const value = tie('expression');
  const body = tie('body');
  const two = fc.tuple(value, value);

  const simple: Arbitrary<Expression> = fc.oneof(
    fc.nat(3).map(
      (n): Expression =>
        () =>
          String(n),
    ),
    number.map(
      (n): Expression =>
        ({ variables }) =>
          pick(variables, n),
    ),
  );
  const composite: Arbitrary<Expression> = fc.oneof(
    fc.tuple(two, fc.constantFrom('&&', '||', '??', '<', '===', '!==', '>=', '+', '-', '%')).map(
      ([[a, b], operator]): Expression =>
        (scope) =>
          `(${a(scope)} ${operator} ${b(scope)})`,
    ),
    fc.tuple(two, fc.constantFrom('&&', '||')).map(
      ([[a, b], operator]): Expression =>
        (scope) =>
          `(${a(scope)} ${operator}\n${b(scope)} ${operator} 1)`,
    ),
    fc.tuple(value, two).map(
      ([test, [a, b]]): Expression =>
        (scope) =>
          `(${test(scope)} ? ${a(scope)} :\n${b(scope)})`,
    ),
    fc.tuple(number, value, fc.constantFrom('=', '&&=', '||=', '??=', '+=')).map(
      ([n, right, operator]): Expression =>
        (scope) =>
          `(${pick(scope.variables, n)} ${operator} ${right(scope)})`,
    ),
    two.map(
      ([a, b]): Expression =>
        (scope) =>
          `(${a(scope)}, ${b(scope)})`,
    ),
    value.map(
      (one): Expression =>
        (scope) =>
          `!${one(scope)}`,
    ),
    fc.tuple(number, fc.array(value, { maxLength: 2 })).map(
      ([n, list]): Expression =>
        (scope) => {
          const args = list.map((one) => one(scope)).join(', ');
          // Here as well as in the body, which a default value that calls the function itself never reaches.
          return `(fuel(), ${pick(scope.functions, n)}(${args}))`;
        },
    ),
    tie('parts').map(
      (parts): Expression =>
        (scope) => {
          const [code, , params] = functionCode(parts, scope);
          return `(function (${params.join(', ')}) { ${code} })()`;
        },
    ),
    fc.tuple(value, value).map(
      ([first, result]): Expression =>
        (scope) => {
          const name = fresh(scope);
          const inner = { ...scope, variables: [...scope.variables, name] };
          return `((${name} = ${first(scope)}) => (fuel(), ${result(inner)}))()`;
        },
    ),
  );

  const loop = fc
    .tuple(
      fc.constantFrom('for', 'while', 'do', 'of', 'bare'),
      fc.nat(3),
      value,
      body,
      fc.boolean(),
      fc.boolean(),
    )
    .map(([form, bound, test, list, isLabelled, isSingle]) =>
      still((scope) => {
        const name = `L${scope.labels.length}`;
        const labels = isLabelled ? [...scope.labels, { name, isLoop: true }] : scope.labels;
        const inner: Scope = { ...scope, labels, breaks: true, continues: true };
        const prefix = isLabelled ? `${name}: ` : '';
        const arm = (at: Scope): string => (isSingle ? `if (fuel()) ${block(list, at)}` : block(list, at));
        if (form === 'while') return `${prefix}while (fuel() && ${test(scope)}) ${arm(inner)}`;
        if (form === 'do') return `${prefix}do ${arm(inner)} while (fuel() && ${test(scope)});`;
        if (form === 'bare')
          return `${prefix}for (;;) { fuel(); if (${test(inner)}) break;${sequence(list, inner)} }`;
        const i = fresh(scope);
        const turn: Scope = { ...inner, variables: [...inner.variables, i] };
        return form === 'of'
          ? `${prefix}for (let ${i} of [0, 1, ${test(scope)}]) ${arm(turn)}`
          : `${prefix}for (let ${i} = 0; fuel() && ${i} < ${bound}; ${i} = ${i} + 1) ${arm(turn)}`;
      }),
    );

  const leave = fc.tuple(fc.constantFrom('break', 'continue'), number).map(([word, n]) =>
    still(({ labels, breaks, continues }) => {
      const known = labels.filter(({ isLoop }) => isLoop || word === 'break');
      if (known.length > 0 && n % 2 === 0) return `${word} ${pick(known, n).name};`;
      return (word === 'break' ? breaks : continues) ? `${word};` : ';';
    }),
  );

  const ending = fc.tuple(fc.boolean(), value, fc.option(value)).map(([throws, one, test]) =>
    still((scope) => {
      const text = throws || !scope.returns ? `throw ${one(scope)};` : `return ${one(scope)};`;
      return test === null ? text : `if (${test(scope)}) ${text}`;
    }),
  );

  const cases = fc.array(
    fc.record({
      test: fc.option(value, { freq: 3 }),
      body,
      ends: fc.constantFrom('', 'break;', 'continue;'),
    }),
    {
      maxLength: 4,
    },
  );

  const statement = fc.oneof(
    { maxDepth: 3, depthIdentifier: 'statement' },
    value.map((one) => still((scope) => `${one(scope)};`)),
    fc.tuple(value, fc.constantFrom('let', 'const')).map(
      ([one, keyword]): Statement =>
        (scope) => {
          const name = fresh(scope);
          const text = `${keyword} ${name} = ${one(scope)};`;
          const variables = keyword === 'let' ? [...scope.variables, name] : scope.variables;
          return { text, after: { ...scope, variables } };
        },
    ),
    tie('parts').map(
      (parts): Statement =>
        (scope) => {
          const name = fresh(scope);
          const after = { ...scope, functions: [...scope.functions, name] };
          const [code, , params] = functionCode(parts, after);
          return { text: `function ${name}(${params.join(', ')}) { ${code} }`, after };
        },
    ),
    fc.tuple(value, body, fc.option(body), fc.boolean()).map(([test, yes, no, isSingle]) =>
      still((scope) => {
        const head = `if (${test(scope)})${isSingle ? ' if (1)' : ''} ${block(yes, scope)}`;
        return no === null ? head : `${head} else ${block(no, scope)}`;
      }),
    ),
    loop,
    { arbitrary: leave, weight: 3 },
    ending,
    fc.tuple(body, value).map(([list, test]) =>
      still((scope) => {
        const name = `L${scope.labels.length}`;
        const inner = { ...scope, labels: [...scope.labels, { name, isLoop: false }] };
        return `${name}: { if (${test(scope)}) break ${name};${sequence(list, inner)} }`;
      }),
    ),
    body.map((list) => still((scope) => block(list, scope))),
    fc.tuple(value, cases).map(([discriminant, list]) =>
      still((scope) => {
        const inner = { ...scope, breaks: true };
        let hasDefault = false;
        const texts = list.map(({ test, body: code, ends }) => {
          const isDefault = test === null && !hasDefault;
          hasDefault ||= isDefault;
          const label = isDefault ? 'default' : `case ${test === null ? 2 : test(scope)}`;
          // In braces, since what one case declares has no value in the next.
          const end = ends === 'continue;' && !scope.continues ? '' : ends;
          return `${label}: ${block(code, inner)} ${end}`;
        });
        return `switch (${discriminant(scope)}) { ${texts.join('\n')} }`;
      }),
    ),
    fc.tuple(body, body, body, fc.nat(2)).map(([tried, caught, last, form]) =>
      still((scope) => {
        const head = `try ${block(tried, scope)}`;
        const end = ` finally ${block(last, scope)}`;
        if (form === 0) return head + end;
        const name = fresh(scope);
        const inner = { ...scope, variables: [...scope.variables, name] };
        return `${head} catch (${name}) ${block(caught, inner)}${form === 1 ? '' : end}`;
      }),
    ),
  );

  return {
    expression: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'expression' },
      { arbitrary: simple, weight: 2 },
      { arbitrary: composite, weight: 3 },
    ),
    statement,
    body: fc.array(tie('statement'), { maxLength: 4 }),
    parts: fc.record({
      defaults: fc.array(fc.option(value), { maxLength: 2 }),
      body,
      result: value,
    }),
  };
});

/** Whole programs. Strict, so that functions in blocks stay there. */
export const smallPrograms: Arbitrary<string> = fc
  .array(anyBody, { minLength: 1, maxLength: 3 })
  .map((parts) => {
    const scope: Scope = {
      variables: ['a', 'b'],
      functions: ['f'],
      labels: [],
      breaks: false,
      continues: false,
      returns: false,
      counter: { next: 0 },
    };
    const start = "'use strict'; let a = 1, b; function f(x = a) { fuel(); return x && a; }";
    return `${start}${sequence(parts.flat(), scope)}\n`;
  });
