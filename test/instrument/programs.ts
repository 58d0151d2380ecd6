import fc, { type Arbitrary } from '../fast-check.ts';
import { type FunctionContext, Scope } from './program-scope.ts';

/**
 * Random programs, whole and valid, that end: every turn of a loop, every function and every call asks `fuel()`
 * first, which throws once it is used up. What they do they tell to `log`.
 *
 * A program is made in two steps, so that fast-check can make a counterexample smaller: first a tree of closures,
 * then its text, where each closure is told the scope that it stands in and takes from it names that are known
 * there, labels that can be left, and whether `yield`, `await` or `arguments` may stand there at all.
 */

type Expression = (scope: Scope) => string;
/** Declares its names when it is called, and answers with what writes it: names are known before they have values. */
type Statement = (scope: Scope) => () => string;

const number = fc.nat(60);

/** Values of every type, and those among them that compare in odd ways. */
const literal: Arbitrary<string> = fc.constantFrom(
  ...[
    '0',
    '1',
    '2',
    '-1',
    '-0',
    '7.5',
    'NaN',
    'Infinity',
    '0n',
    '1n',
    '-3n',
    "''",
    "'a'",
    "'ab'",
    "'1'",
    '`b`',
  ],
  ...['null', 'undefined', 'true', 'false', '[]', '[1]', '({})', '/a/'],
);

const BINARY = ['+', '-', '*', '%', '|', '&', '^', '>>'];
const COMPARE = ['===', '!==', '==', '!=', '<', '<=', '>', '>='];
/** Those of them that tell 0, 1, 2, false and true apart. */
const relation = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
const ASSIGN = ['=', '+=', '-=', '&&=', '||=', '??='];
/** Strings that double in each turn of a loop would fill the memory. */
const assigned = (operator: string, right: string): string => (operator === '+=' ? `(${right}, 1)` : right);

const PROPERTIES = ['x', 'y', 'm', 'length', 'name'];

/** Methods whose calls are comparisons, whatever they are called on. */
const METHODS = [
  ...['startsWith', 'endsWith', 'includes', 'indexOf', 'lastIndexOf', 'localeCompare'],
  ...['split', 'match', 'search', 'replace', 'replaceAll', 'test', 'exec'],
  ...['equals', 'compare', 'get', 'has', 'delete', 'hasOwnProperty'],
];
/** What they are called on: of each kind, some of it with getters, all of it known to every program. */
const RECEIVERS = [
  "'abcab'",
  'map',
  'set',
  'sticky',
  'global',
  'bytes',
  'xs',
  'o.y',
  'o',
  'table',
  'trap',
  'log(map)',
  "['a', 'ab']",
];
/** What they are told to look for. */
const NEEDLES = ["'a'", "'ab'", "log('zz')", '/b/', '/a/g', 'sticky', 'bytes', 'box(1)', '1', 'undefined'];
const FUNCTIONS = [
  'Object.is',
  'Object.hasOwn',
  'Reflect.has',
  'has.call',
  'Buffer.compare',
  'timingSafeEqual',
];
/** An expression that may well throw, with what it leaves behind. */
const called = ({ fn }: Scope, text: string): string =>
  fn.isAsync || fn.isGenerator ? `left(${text})` : `call(() => ${text})`;
/** Calls of what may be there or not, by computed keys. */
const LOOKUPS = ['table', 'o.y', 'o', 'trap', 'log(table)', 'this', 'undefined?.z', 'table?.in'];

const reference = number.map(
  (n): Expression =>
    (scope) =>
      scope.pick(n),
);

/** One closure of many, told the scope in the order of the text. */
function expression<T extends unknown[]>(
  parts: { [K in keyof T]: Arbitrary<T[K]> },
  write: (scope: Scope, ...parts: T) => string,
): Arbitrary<Expression> {
  return fc.tuple(...parts).map(
    (made): Expression =>
      (scope) =>
        write(scope, ...(made as T)),
  );
}

/** A block of its own around `body`. */
function block(body: Statement[], scope: Scope): string {
  return `{ ${inner(body, new Scope(scope))} }`;
}

function inner(body: Statement[], scope: Scope): string {
  const texts = body.map((one) => one(scope));
  return texts.map((text) => text()).join('\n');
}

interface Parameter {
  shape: 'plain' | 'default' | 'array' | 'object' | 'rest';
  shadow: number;
  value: Expression;
}

/** Neither `yield` nor `await` may stand in parameters. */
function parameters(list: Parameter[], scope: Scope): string {
  const at = scope.inside({ isAsync: false, isGenerator: false });
  return list.map((one, i) => parameter(one, i === list.length - 1, scope, at)).join(', ');
}

function parameter({ shape, shadow, value }: Parameter, isLast: boolean, scope: Scope, at: Scope): string {
  const name = scope.declare(shadow);
  if (shape === 'default') return `${name} = ${value(at)}`;
  if (shape === 'array') return `[${name} = ${value(at)}] = []`;
  if (shape === 'object') return `{ x: ${name} = ${value(at)} } = {}`;
  return shape === 'rest' && isLast ? `...${name}` : name;
}

type Kind = '' | 'async' | 'generator' | 'async generator';
const KINDS: Kind[] = ['', '', 'async', 'generator', 'async generator'];

interface FunctionParts {
  kind: Kind;
  params: Parameter[];
  body: Statement[];
  result: Expression;
  strict: boolean;
}

const contextOf = (kind: Kind, outer: Scope, change: Partial<FunctionContext> = {}): Scope =>
  outer.inside({
    isAsync: kind.includes('async'),
    isGenerator: kind.includes('generator'),
    returns: true,
    hasArguments: true,
    hasNewTarget: true,
    hasSuper: false,
    ...change,
  });

/** A function's list of parameters and its body, apart, since arrow functions have something between them. */
function code({ params, body, result, strict }: FunctionParts, scope: Scope, before = ''): [string, string] {
  const simple = params.every(({ shape }) => shape === 'plain' || shape === 'rest');
  const plain = params.map((one) => (one.shape === 'rest' ? { ...one, shape: 'plain' as const } : one));
  const isStrict = strict && simple && !scope.fn.strict;
  const own = isStrict ? scope.inside({ strict: true }) : scope;
  const list = parameters(isStrict ? plain : params, own);
  const directive = isStrict ? "'use strict'; " : '';
  return [`(${list})`, `{ ${directive}${before}fuel(); ${inner(body, own)}\nreturn ${result(own)}; }`];
}

const signature = (parts: FunctionParts, scope: Scope, before = ''): string =>
  code(parts, scope, before).join(' ');

const head = (kind: Kind): string =>
  `${kind.includes('async') ? 'async ' : ''}function${kind.includes('generator') ? '*' : ''}`;

const stars = (kind: Kind): string =>
  `${kind.includes('async') ? 'async ' : ''}${kind.includes('generator') ? '*' : ''}`;

interface Member {
  place: 'field' | 'method' | 'get' | 'set' | 'block' | 'constructor';
  isStatic: boolean;
  key: 'plain' | 'string' | 'computed' | 'private';
  property: string;
  keyValue: Expression;
  parts: FunctionParts;
}

/** What code may have in members that are called, which it has not in fields. */
const CALLED: Partial<FunctionContext> = { returns: true, hasArguments: true };

/** A class; each has a private field `#p`, so that what is in it can ask for it. */
function classText(name: string, members: Member[], isDerived: boolean, scope: Scope): string {
  const within = scope.inside({ strict: true, hasPrivate: true });
  const scopeOf = (change: Partial<FunctionContext> = {}): Scope =>
    contextOf('', within, { hasArguments: false, hasSuper: true, returns: false, ...change });
  const keyOf = ({ key, property, keyValue }: Member): string => {
    // An arrow function here belongs to the function around the class.
    if (key === 'computed') return `[log(${keyValue(within)})]`;
    return key === 'string' ? `'${property} 2'` : property;
  };
  let hasConstructor = false;
  const texts = members.map((member, i) => {
    const { place, parts } = member;
    const prefix = member.isStatic ? 'static ' : '';
    if (place === 'block') return `static { ${inner(parts.body, scopeOf())} }`;
    if (place === 'constructor') {
      if (hasConstructor) return '';
      hasConstructor = true;
      const own: FunctionParts = { ...parts, strict: false, result: () => 'undefined' };
      return `constructor${signature(own, scopeOf(CALLED), isDerived ? 'super(log(1)); ' : '')}`;
    }
    const key = member.key === 'private' ? `#q${i}` : keyOf(member);
    if (place === 'field') return `${prefix}${key} = ${parts.result(scopeOf())};`;
    if (place === 'get') return `${prefix}get ${key}${signature({ ...parts, params: [] }, scopeOf(CALLED))}`;
    if (place === 'set') {
      const value = parts.params[0]?.value ?? (() => '1');
      const params: Parameter[] = [{ shape: 'default', shadow: 1, value }];
      return `${prefix}set ${key}${signature({ ...parts, params }, scopeOf(CALLED))}`;
    }
    const own = contextOf(parts.kind, within, { hasSuper: true });
    return `${prefix}${stars(parts.kind)}${key}${signature(parts, own)}`;
  });
  return `class ${name}${isDerived ? ' extends Base' : ''} { #p = 1; static #s = 2;\n${texts.filter(Boolean).join('\n')} }`;
}

interface Loop {
  form: 'for' | 'while' | 'do' | 'of' | 'of pattern' | 'of member' | 'in' | 'await' | 'for bare';
  bound: number;
  test: Expression;
  source: Expression;
  body: Statement[];
  label: boolean;
  single: boolean;
}

function loopText({ form, bound, test, source, body, label, single }: Loop, scope: Scope): string {
  const name = label ? `L${scope.labels.length}` : null;
  const labels = name === null ? scope.labels : [...scope.labels, { name, isLoop: true }];
  const around = new Scope(scope, { labels, leaves: { break: true, continue: true } });
  const i = new Scope(around).fresh();
  const prefix = name === null ? '' : `${name}: `;
  const arm = (at: Scope): string => {
    const found = block(body, at);
    // Without braces where there is but one statement that may stand so.
    return single ? `if (fuel()) ${found}` : found;
  };
  const named = (): Scope => {
    const own = new Scope(around);
    own.add(i);
    return own;
  };
  switch (form) {
    case 'for':
      return `${prefix}for (let ${i} = 0; fuel(), ${i} < ${bound}; ${i}++) ${arm(named())}`;
    case 'for bare':
      return `${prefix}for (;;) { if (!fuel() || ${test(around)}) break; ${inner(body, new Scope(around))} break; }`;
    case 'while':
      return `${prefix}while (fuel() && ${test(around)}) ${arm(around)}`;
    case 'do':
      return `${prefix}do ${arm(around)} while (fuel() && ${test(around)});`;
    case 'of':
      return `${prefix}for (const ${i} of some(${source(around)})) ${arm(named())}`;
    case 'of pattern': {
      const value = test(around);
      return `${prefix}for (let [${i}, { x = ${value} } = {}] of [[1], [2, {}], ${source(around)}]) ${arm(named())}`;
    }
    case 'of member':
      return `${prefix}for (o.x of some(${source(around)})) ${arm(around)}`;
    case 'in':
      return `${prefix}for (var ${scope.add(i)} in ${source(around)}) { fuel(); ${inner(body, new Scope(around))} }`;
    case 'await':
      return scope.fn.isAsync
        ? `${prefix}for await (const ${i} of some(${source(around)})) ${arm(named())}`
        : `${prefix}for (const ${i} of some(${source(around)})) ${arm(named())}`;
  }
}

// An alias, since letrec wants a type with an index.
type Grammar = {
  expression: Expression;
  body: Statement[];
  statement: Statement;
  parts: FunctionParts;
  params: Parameter[];
  members: Member[];
};

const { body, expression: anyExpression } = fc.letrec<Grammar>((tie) => {
  const value = tie('expression');
  const log = (of: Arbitrary<Expression>): Arbitrary<Expression> =>
    expression<[Expression]>([of], (scope, one) => `log(${one(scope)})`);

  const atom = fc.oneof(
    literal.map(
      (text): Expression =>
        () =>
          text,
    ),
    reference,
    reference,
    log(reference),
    number.map(
      (n): Expression =>
        (scope) =>
          n === 1 ? 'undeclared' : scope.pick(n),
    ),
  );

  const functionExpression = expression<[FunctionParts, boolean]>(
    [tie('parts'), fc.boolean()],
    (scope, parts, named) => {
      const own = contextOf(parts.kind, scope);
      const name = named ? ` ${own.addFunction(own.fresh())}` : '';
      return `(${head(parts.kind)}${name}${signature(parts, own)})`;
    },
  );

  const arrow = expression<[FunctionParts, boolean]>(
    [tie('parts'), fc.boolean()],
    (scope, parts, isBlock) => {
      const kind = parts.kind === 'async' ? 'async' : '';
      const own = scope.inside({ isAsync: kind === 'async', isGenerator: false, returns: true });
      const prefix = kind === '' ? '' : 'async ';
      if (!isBlock) return `(${prefix}(${parameters(parts.params, own)}) => (fuel(), ${parts.result(own)}))`;
      return `(${prefix}${code(parts, own).join(' => ')})`;
    },
  );

  const classExpression = expression<[Member[], boolean]>(
    [tie('members'), fc.boolean()],
    (scope, members, isDerived) => `(${classText('', members, isDerived, scope)})`,
  );

  const composite = fc.oneof(
    { arbitrary: log(value), weight: 4 },
    {
      weight: 8,
      arbitrary: expression<[Expression, string, Expression]>(
        [value, fc.constantFrom(...COMPARE), value],
        (scope, left, operator, right) => `(${left(scope)} ${operator} ${right(scope)})`,
      ),
    },
    {
      weight: 3,
      arbitrary: expression<[string, string, string, boolean]>(
        [number.map(String), fc.constantFrom(...COMPARE), literal, fc.boolean()],
        (scope, n, operator, right, side) => {
          const boxed = `box(${scope.pick(Number(n))})`;
          return side ? `(${boxed} ${operator} ${right})` : `(${right} ${operator} ${boxed})`;
        },
      ),
    },
    {
      weight: 6,
      arbitrary: expression<[number, string, string, number[]]>(
        [number, relation, relation, fc.array(fc.nat(2), { minLength: 3, maxLength: 3 })],
        (scope, n, outer, inner, [a, b, c]) => {
          // An operand that the other one changes, and one that is a comparison too.
          const name = scope.pick(n);
          if (n % 4 === 0) return `(${name} ${outer} (${name} = ${a}))`;
          if (n % 4 === 1) return `(${name} ${outer} ${name}++)`;
          const nested = `(log(${b}) ${inner} log(${c}))`;
          return n % 4 === 2 ? `(log(${a}) ${outer} ${nested})` : `(${nested} ${outer} log(${a}))`;
        },
      ),
    },
    {
      weight: 3,
      arbitrary: expression<[Expression, string, string]>(
        [value, fc.constantFrom(...BINARY), literal],
        (scope, left, operator, right) => `(${left(scope)} ${operator} ${right})`,
      ),
    },
    {
      weight: 4,
      arbitrary: expression<[Expression, string, Expression]>(
        [value, fc.constantFrom('&&', '||', '??'), value],
        (scope, left, operator, right) => `(${left(scope)} ${operator} ${right(scope)})`,
      ),
    },
    {
      weight: 3,
      arbitrary: expression<[Expression, Expression, Expression]>(
        [value, value, value],
        (scope, test, a, b) => `(${test(scope)} ? ${a(scope)} : ${b(scope)})`,
      ),
    },
    {
      weight: 5,
      arbitrary: expression<[number, string, Expression]>(
        [number, fc.constantFrom(...ASSIGN), value],
        (scope, n, operator, right) => `(${scope.pick(n)} ${operator} ${assigned(operator, right(scope))})`,
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[string, string, Expression]>(
        [fc.constantFrom(...PROPERTIES), fc.constantFrom(...ASSIGN), value],
        (scope, property, operator, right) =>
          `(log(o).${property} ${operator} ${assigned(operator, right(scope))})`,
      ),
    },
    {
      weight: 1,
      arbitrary: expression<[number, string, boolean]>(
        [number, fc.constantFrom('++', '--'), fc.boolean()],
        (scope, n, operator, first) =>
          first ? `(${operator}${scope.pick(n)})` : `(${scope.pick(n)}${operator})`,
      ),
    },
    {
      weight: 4,
      arbitrary: expression<[number, Expression, Expression]>(
        [number, value, value],
        (scope, n, a, b) => `${scope.callee(n)}((fuel(), ${a(scope)}), ${b(scope)})`,
      ),
    },
    {
      weight: 3,
      arbitrary: expression<[number, Expression]>(
        [number, value],
        (scope, n, a) => `use(${scope.callee(n)}, ${a(scope)})`,
      ),
    },
    {
      weight: 1,
      arbitrary: expression<[number, Expression]>(
        [number, value],
        (scope, n, a) => `(new ${scope.callee(n)}((fuel(), ${a(scope)})))`,
      ),
    },
    {
      weight: 3,
      arbitrary: expression<[Expression, string, Expression, number]>(
        [value, fc.constantFrom(...PROPERTIES), value, fc.nat(5)],
        (scope, object, property, key, form) => {
          const base = `(${object(scope)})`;
          const forms = [
            () => `${base}.${property}`,
            () => `${base}?.${property}`,
            () => `${base}?.[${key(scope)}].${property}`,
            () => `${base}?.${property}?.((fuel(), ${key(scope)}))`,
            () => `${base}[${key(scope)}]`,
            () => `(delete ${base}?.${property})`,
          ];
          return form === 5 ? `(delete o[${key(scope)}])` : forms[form]!();
        },
      ),
    },
    {
      weight: 5,
      arbitrary: expression<[string, string, string, Expression, number]>(
        [
          fc.constantFrom(...RECEIVERS),
          fc.constantFrom(...METHODS),
          fc.constantFrom(...NEEDLES),
          value,
          fc.nat(7),
        ],
        (scope, receiver, method, needle, one, form) => {
          const forms = [
            () => `${receiver}.${method}(${one(scope)})`,
            () => `${receiver}?.${method}(${needle}, ${one(scope)})`,
            () => `(${one(scope)}).${method}?.(${needle})`,
            () => `(${one(scope)})?.x?.${method}(${needle})`,
          ];
          return called(scope, form < 4 ? forms[form]!() : `${receiver}.${method}(${needle})`);
        },
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[string, Expression, Expression]>(
        [fc.constantFrom(...FUNCTIONS), value, value],
        (scope, fn, a, b) => called(scope, `${fn}(${a(scope)}, ${b(scope)})`),
      ),
    },
    {
      weight: 4,
      arbitrary: expression<[string, number, Expression, number]>(
        [fc.constantFrom(...LOOKUPS), number, value, fc.nat(9)],
        (scope, table, n, one, form) => {
          // Names that may have no value yet, for which the order of errors tells.
          const key = scope.pick(n);
          const forms = [
            () => `${table}[${key}]`,
            () => `${table}[${one(scope)}]`,
            () => `${table}[${key}](${one(scope)})`,
            () => `${table}[${key}]()`,
            () => `${table}[${key}]?.(${one(scope)})`,
            () => `${table}?.[${key}]?.()`,
            () => `${table}[${key}].m(${one(scope)}).x`,
            () =>
              `new ${table.includes('?') || table.includes('(') ? 'table' : table}[${key}](${one(scope)})`,
            () => `[...${table}[${key}]]`,
            () => `(${key} in ${table})`,
          ];
          return called(scope, forms[form]!());
        },
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[Expression, string]>(
        [value, fc.constantFrom('!', 'typeof', '-', '~', 'void')],
        (scope, one, operator) => `(${operator} ${one(scope)})`,
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[Expression, number]>([value, fc.nat(3)], (scope, one, form) => {
        const text = one(scope);
        if (form === 0) return `(${text} instanceof Base)`;
        if (form === 1) return `('x' in ${text})`;
        if (form === 2) return `(typeof nowhere === ${text})`;
        return `\`a\${${text}}\``;
      }),
    },
    {
      weight: 1,
      arbitrary: expression<[Expression, Expression]>(
        [value, value],
        (scope, a, b) => `tag\`a\${${a(scope)}}\\u{62}\${typeof ${b(scope)}}\``,
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[Expression, Expression]>(
        [value, value],
        (scope, a, b) => `(${a(scope)}, ${b(scope)})`,
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[Expression, string, boolean]>(
        [value, literal, fc.boolean()],
        (scope, a, b, spread) => (spread ? `[...some(${a(scope)}), ${b}]` : `[${a(scope)}, ${b}]`),
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[Expression, FunctionParts, Expression]>(
        [value, tie('parts'), value],
        (scope, x, parts, key) => {
          const own = contextOf('', scope, { hasSuper: true });
          const method = contextOf(parts.kind, scope, { hasSuper: true });
          const get = signature({ ...parts, params: [] }, own);
          const m = signature(parts, method);
          return `({ x: ${x(scope)}, [log(${key(scope)})]: 1, get y${get}, ${stars(parts.kind)}m${m} })`;
        },
      ),
    },
    {
      weight: 2,
      arbitrary: expression<[Expression, Expression, number]>([value, value, number], (scope, a, b, n) => {
        const name = scope.pick(n);
        return `([${name} = ${a(scope)}, o.x = 1] = some(${b(scope)}))`;
      }),
    },
    {
      weight: 2,
      arbitrary: expression<[Expression, Expression, number]>([value, value, number], (scope, a, b, n) => {
        const name = scope.pick(n);
        return `({ x: ${name} = ${a(scope)}, ...o.y } = ${b(scope)})`;
      }),
    },
    {
      weight: 3,
      arbitrary: expression<[Expression, boolean]>([value, fc.boolean()], (scope, one, first) => {
        const text = one(scope);
        if (scope.fn.isGenerator && (first || !scope.fn.isAsync))
          return first ? `(yield ${text})` : `(yield* some(${text}))`;
        return scope.fn.isAsync ? `(await ${text})` : `log(${text})`;
      }),
    },
    {
      weight: 2,
      arbitrary: expression<[number, Expression]>([fc.nat(7), value], (scope, n, one) => {
        const { hasArguments, hasNewTarget, hasSuper, hasPrivate } = scope.fn;
        if (n === 0 && hasArguments) return `(arguments[0] = ${one(scope)})`;
        if (n === 1 && hasArguments) return 'arguments.length';
        if (n === 2 && hasNewTarget) return '(new.target === undefined)';
        if (n === 3 && hasSuper) return `super.m?.(${one(scope)})`;
        if (n === 4 && hasPrivate) return `(this.#p === ${one(scope)})`;
        if (n === 5 && hasPrivate) return `(#p in ${one(scope)})`;
        if (n === 6) return `(tick === ${one(scope)})`;
        return 'typeof this';
      }),
    },
    {
      // Where a function without a name gets that of its place.
      weight: 3,
      arbitrary: expression<[number, Expression, string]>(
        [
          number,
          fc.oneof(arrow, functionExpression, classExpression),
          fc.constantFrom('=', '||=', '&&=', '??='),
        ],
        (scope, n, one, operator) => {
          const name = scope.pick(n);
          if (n % 3 === 0) return `log((0, [${name} = ${one(scope)}] = [], ${name}))`;
          return `log(${name} ${operator} ${one(scope)})`;
        },
      ),
    },
    { weight: 2, arbitrary: functionExpression },
    { weight: 3, arbitrary: arrow },
    { weight: 1, arbitrary: classExpression },
  );

  const statement = <T extends unknown[]>(
    parts: { [K in keyof T]: Arbitrary<T[K]> },
    write: (scope: Scope, ...parts: T) => string,
  ): Arbitrary<Statement> =>
    expression<T>(parts, write).map(
      (one): Statement =>
        (scope) =>
        () =>
          one(scope),
    );

  const simple = statement<[Expression, number]>([value, fc.nat(3)], (scope, one, form) => {
    if (form === 0) return `(${one(scope)});`;
    if (form === 1) return `log(${one(scope)});`;
    return `try { log(${one(scope)}); } catch (e) { log(e); }`;
  });

  const declaration = fc.tuple(fc.constantFrom('let', 'const', 'var'), number, value, fc.nat(4)).map(
    ([keyword, shadow, one, form]): Statement =>
      (scope) => {
        // A `var` that is hoisted out of a block must not meet a `let` of its name there.
        const name = keyword === 'var' ? scope.add(scope.fresh()) : scope.declare(shadow);
        return () => {
          if (form === 0 && keyword !== 'const') return `${keyword} ${name};`;
          if (form === 1) return `${keyword} { x: ${name} = ${one(scope)} } = o;`;
          if (form === 2) return `${keyword} [, ${name} = ${one(scope)}] = [1];`;
          return `${keyword} ${name} = ${one(scope)};`;
        };
      },
  );

  const functionDeclaration = tie('parts').map(
    (parts): Statement =>
      (scope) => {
        const name = scope.addFunction(scope.fresh());
        return () => `${head(parts.kind)} ${name}${signature(parts, contextOf(parts.kind, scope))}`;
      },
  );

  const classDeclaration = fc.tuple(tie('members'), fc.boolean()).map(
    ([members, isDerived]): Statement =>
      (scope) => {
        const name = scope.addFunction(scope.fresh());
        return () => classText(name, members, isDerived, scope);
      },
  );

  const ifStatement = statement<[Expression, Statement[], Statement[], number]>(
    [value, tie('body'), tie('body'), fc.nat(3)],
    (scope, test, yes, no, form) => {
      const head = `if (${test(scope)})`;
      if (form === 0) return `${head} ${block(yes, scope)}`;
      if (form === 1) return `${head} log(1); else ${block(no, scope)}`;
      if (form === 2) return `${head} ${block(yes, scope)} else if (o) ${block(no, scope)}`;
      return `${head} ${block(yes, scope)} else ${block(no, scope)}`;
    },
  );

  const loop = fc
    .record<Loop>({
      form: fc.constantFrom(
        ...([
          'for',
          'for',
          'while',
          'do',
          'of',
          'of pattern',
          'of member',
          'in',
          'await',
          'for bare',
        ] as const),
      ),
      bound: fc.nat(4),
      test: value,
      source: value,
      body: tie('body'),
      label: fc.boolean(),
      single: fc.boolean(),
    })
    .map(
      (one): Statement =>
        (scope) =>
        () =>
          loopText(one, scope),
    );

  const leave = statement<[number, boolean]>([number, fc.boolean()], (scope, n, onward) => {
    const labels = scope.labels.filter(({ isLoop }) => isLoop || !onward);
    const word = onward ? 'continue' : 'break';
    if (labels.length > 0 && n % 2 === 0) return `${word} ${labels[n % labels.length]!.name};`;
    if (scope.leaves[word]) return `${word};`;
    return labels.length > 0 ? `${word} ${labels[0]!.name};` : `log('no ${word}');`;
  });

  const labelled = statement<[Statement[], Expression]>([tie('body'), value], (scope, list, test) => {
    const name = `L${scope.labels.length}`;
    const own = new Scope(scope, { labels: [...scope.labels, { name, isLoop: false }] });
    return `${name}: { if (${test(own)}) break ${name}; ${inner(list, new Scope(own))} }`;
  });

  const switchStatement = statement<
    [Expression, { test: Expression | null; body: Statement[]; ends: boolean }[]]
  >(
    [
      value,
      fc.array(
        fc.record({
          test: fc.option(
            fc.oneof(
              literal.map(
                (text): Expression =>
                  () =>
                    text,
              ),
              value,
            ),
            { freq: 4 },
          ),
          body: tie('body'),
          ends: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
    ],
    (scope, discriminant, cases) => {
      const own = new Scope(scope, { leaves: { ...scope.leaves, break: true } });
      let hasDefault = false;
      // Names of one case are known in the others, where they have no value.
      const drafts = cases.map(({ test, body: list, ends }) => ({
        test,
        ends,
        texts: list.map((one) => one(own)),
      }));
      const text = drafts.map(({ test, ends, texts }) => {
        const isDefault = test === null && !hasDefault;
        hasDefault ||= isDefault;
        const label = isDefault ? 'default:' : `case ${test === null ? "'again'" : test(own)}:`;
        return `${label} ${texts.map((one) => one()).join('\n')}${ends ? ' break;' : ''}`;
      });
      return `switch (${discriminant(scope)}) { ${text.join('\n')} }`;
    },
  );

  const tryStatement = statement<[Statement[], Statement[], Statement[], number, number]>(
    [tie('body'), tie('body'), tie('body'), fc.nat(3), number],
    (scope, tried, caught, last, form, shadow) => {
      const finallyText = ` finally ${block(last, scope)}`;
      if (form === 0) return `try ${block(tried, scope)}${finallyText}`;
      if (form === 1) return `try ${block(tried, scope)} catch ${block(caught, scope)}`;
      const own = new Scope(scope);
      const name = own.declare(shadow);
      const text = `try ${block(tried, scope)} catch (${name}) { log(${name}); ${inner(caught, own)} }`;
      return form === 2 ? text : text + finallyText;
    },
  );

  const ending = statement<[Expression, boolean, Expression]>(
    [value, fc.boolean(), value],
    (scope, one, throws, test) => {
      const text = throws ? `throw ${one(scope)};` : scope.fn.returns ? `return ${one(scope)};` : '';
      if (text === '') return `log(${one(scope)});`;
      return `if (${test(scope)}) ${text}`;
    },
  );

  const withStatement = statement<[Expression, Statement[]]>([value, tie('body')], (scope, object, list) =>
    scope.fn.strict ? block(list, scope) : `with (some(${object(scope)})) ${block(list, scope)}`,
  );

  const oddFunction = tie('parts').map(
    (parts): Statement =>
      (scope) => {
        if (scope.fn.strict) return () => ';';
        const name = scope.addFunction(scope.fresh());
        return () => `if (o) function ${name}${signature(parts, contextOf('', scope))}`;
      },
  );

  const parts = fc.record<FunctionParts>({
    kind: fc.constantFrom(...KINDS),
    params: tie('params'),
    body: tie('body'),
    result: value,
    strict: fc.nat(7).map((n) => n === 7),
  });

  return {
    expression: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'expression' },
      { arbitrary: atom, weight: 3 },
      { arbitrary: composite, weight: 5 },
    ),
    statement: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'statement' },
      { arbitrary: simple, weight: 4 },
      { arbitrary: declaration, weight: 4 },
      { arbitrary: functionDeclaration, weight: 3 },
      { arbitrary: classDeclaration, weight: 1 },
      { arbitrary: ifStatement, weight: 2 },
      { arbitrary: loop, weight: 3 },
      { arbitrary: leave, weight: 2 },
      { arbitrary: labelled, weight: 1 },
      { arbitrary: switchStatement, weight: 2 },
      { arbitrary: tryStatement, weight: 2 },
      { arbitrary: ending, weight: 2 },
      { arbitrary: withStatement, weight: 1 },
      { arbitrary: oddFunction, weight: 1 },
    ),
    body: fc.array(tie('statement'), { maxLength: 4 }),
    params: fc.array(
      fc.record<Parameter>({
        shape: fc.constantFrom(...(['plain', 'plain', 'default', 'array', 'object', 'rest'] as const)),
        shadow: number,
        value,
      }),
      { maxLength: 3, depthIdentifier: 'expression' },
    ),
    members: fc.array(
      fc.record<Member>({
        place: fc.constantFrom(
          ...(['field', 'field', 'method', 'method', 'get', 'set', 'block', 'constructor'] as const),
        ),
        isStatic: fc.boolean(),
        key: fc.constantFrom(...(['plain', 'plain', 'string', 'computed', 'private'] as const)),
        property: fc.constantFrom(...PROPERTIES),
        keyValue: value,
        parts,
      }),
      { maxLength: 4, depthIdentifier: 'expression' },
    ),
    parts,
  };
});

/** What every program finds in its global scope; PRELUDE makes it. */
const GLOBALS = ['Base', 'xs', 'o', 'table', 'map', 'set', 'sticky', 'bytes'];

/** What every program begins with, so that there is something to compare and to call. */
const LOCALS = "let f = (x, y) => (fuel(), x < y), s = 'ab', n = 1; var b = 2n;";

/** Whole programs; their completion value is what their names hold at the end. */
export const programs: Arbitrary<string> = fc
  .tuple(fc.array(fc.tuple(body, anyExpression), { minLength: 1, maxLength: 4 }), fc.nat(3))
  .map(([parts, n]) => {
    const strict = n === 0;
    const root = new Scope(null, {
      fn: {
        strict,
        isAsync: false,
        isGenerator: false,
        returns: false,
        hasArguments: false,
        hasNewTarget: false,
        hasSuper: false,
        hasPrivate: false,
      },
    });
    for (const name of GLOBALS) root.add(name);
    const scope = new Scope(root);
    for (const name of ['b', 's', 'n']) scope.add(name);
    scope.addFunction('f');
    const list = parts.flatMap(([statements, one]): Statement[] => [
      ...statements,
      (at) => () => `try { log(${one(at)}); } catch (e) { log(e); }`,
    ]);
    const text = inner(list, scope);
    return `${strict ? "'use strict';\n" : ''}${LOCALS}\n${text}\n[${scope.own.join(', ')}];`;
  });

/** Runs before a program, as it is. `log` and `fuel` come from outside. */
export const PRELUDE = `{
  class Base {
    constructor(x) { this.x = x; }
    m(x) { log('Base.m'); return x === 1 ? 'one' : x; }
    static m() { return 'static'; }
    get y() { return log('Base.y'); }
  }
  // The text of a function is what does change.
  Function.prototype.toString = () => 'function text';
  // V8's messages quote the code itself, so a program is not to compute with them; \`log\` shows them.
  Error.prototype.toString = function () { return this.name; };
  let ticks = 0;
  Object.defineProperty(globalThis, 'tick', { get() { return log('tick') && ++ticks; } });
  Object.assign(globalThis, {
    Base,
    o: { x: 1, get y() { return log('o.y') && { a: 1 }; }, set y(v) { log('set y', v); }, m(x) { return this === o && x; } },
    xs: [1, 'a', 2n],
    table: { a: 1, ab: (x) => log('ab', x), get in() { return log('table.in') && { a() { return 'a'; } }; }, 1: Base },
    map: new Map([['a', 1], [1, 'one'], ['abc', 2]]),
    set: new Set(['a', 1]),
    sticky: /a/y,
    global: /a/g,
    bytes: new Uint8Array([97, 98, 97]),
    // Tells of each look at it.
    trap: new Proxy({ a: 1 }, new Proxy({}, { get: (target, name) => (...args) => log('trap', name) && Reflect[name](...args) })),
    has: Object.prototype.hasOwnProperty,
    timingSafeEqual: (a, b) => log(a === b),
    // A pattern's place in a text is its own to move.
    left: (x) => log(sticky.lastIndex, global.lastIndex, map.size, set.size, x),
    call(f) {
      fuel();
      try { return f(); } catch (e) { return log(e); } finally { left(); }
    },
    box: (v) => ({ valueOf() { log('valueOf'); return v; }, toString() { log('toString'); return String(v); } }),
    tag: (strings, ...values) => log(strings.raw.join('|')) && [strings.length, ...values],
    some: (v) => v?.[Symbol.iterator] || v?.[Symbol.asyncIterator] ? v : [1, v],
    use(f, ...args) {
      if (typeof f !== 'function') return f;
      fuel();
      log(f);
      let result;
      try { result = f.apply({ m: 'this' }, args); } catch (e) { log(e); result = Reflect.construct(f, args); }
      if (typeof result?.next === 'function') {
        const drain = (n, got) => {
          log(got);
          if (n === 0 || got?.done) return got?.value;
          const next = n === 2 ? result.throw?.(n) ?? result.next(n) : result.next(n);
          return next instanceof Promise ? next.then((v) => drain(n - 1, v), log) : drain(n - 1, next);
        };
        return drain(4, 'start');
      }
      if (result instanceof Promise) result.then((v) => log('settled', v), (e) => log('rejected', e));
      return result;
    },
  });
}`;
