import { types as t } from '@babel/core';
import { traceValues } from './compares.ts';
import { traceCmp } from './emit.ts';
import { CalleeLookups } from './lookups.ts';
import {
  argument,
  canTraceLast,
  isIdle,
  isMember,
  type Member,
  type Operand,
  object,
  type Role,
  traceLast,
} from './operands.ts';
import type { Rewriter } from './rewriter.ts';
import type { Site } from './sites.ts';

type Call = t.CallExpression | t.OptionalCallExpression;
type Trace = (operands: t.Expression[], site: Site) => t.Expression;

/** Methods that compare their receiver with their first argument. */
const METHODS = new Set([
  ...['startsWith', 'endsWith', 'includes', 'indexOf', 'lastIndexOf', 'localeCompare'],
  ...['split', 'match', 'matchAll', 'search', 'replace', 'replaceAll', 'test', 'exec'],
  ...['equals', 'compare', 'get', 'has', 'delete'],
]);
/** Those of them whose second argument says where. */
const POSITIONAL = new Set(['startsWith', 'endsWith', 'includes', 'indexOf']);
/** What `Object.prototype.hasOwnProperty` is called where it is called by `call`. */
const HAS_OWN = /^_*has(?:Own(?:Prop(?:erty)?)?)?$/;

const traceMethod =
  (name: string): Trace =>
  (operands, site) =>
    traceCmp('trace_call', [t.stringLiteral(name), t.arrayExpression(operands)], site);
const traceKey: Trace = (operands, site) => traceCmp('trace_key', operands, site);
const traceIs: Trace = ([a, b], site) => traceValues(a!, b!, site);

/** What a call compares: its receiver with its arguments, or only these. */
interface Comparison {
  receiver: Member | null;
  /** How many arguments take part. */
  count: number;
  trace: Trace;
  /** The name of what is called. */
  name: t.Node;
}

const nameOf = (node: t.Node): string | null => {
  if (t.isIdentifier(node)) return node.name;
  return isMember(node) && !node.computed && t.isIdentifier(node.property) ? node.property.name : null;
};

function comparisonOf({ callee, arguments: args }: Call): Comparison | null {
  const name = nameOf(callee);
  if (name === null) return null;
  const among = (count: number, trace: Trace): Comparison => ({
    receiver: null,
    count,
    trace,
    name: isMember(callee) ? callee.property : callee,
  });
  if (name === 'timingSafeEqual') return among(2, traceMethod(name));
  if (!isMember(callee)) return null;
  const owner = nameOf(callee.object);
  if (t.isIdentifier(callee.object)) {
    if (owner === 'Buffer' && name === 'compare') return among(2, traceMethod(name));
    if (owner === 'Object' && name === 'is') return among(2, traceIs);
    if ((owner === 'Object' && name === 'hasOwn') || (owner === 'Reflect' && name === 'has'))
      return among(2, traceKey);
  }
  if (name === 'call' && owner !== null && HAS_OWN.test(owner)) return among(2, traceKey);

  const to = (count: number, trace: Trace): Comparison => ({
    receiver: callee,
    count,
    trace,
    name: callee.property,
  });
  if (name === 'hasOwnProperty') return to(1, traceKey);
  if (!METHODS.has(name)) return null;
  // `compare` has bounds behind its first argument.
  if (name === 'compare' && args.length > 1) return null;
  return to(POSITIONAL.has(name) && args.length > 1 ? 2 : 1, traceMethod(name));
}

/** A pattern is no literal that an input could be, but is what an input is held against; a list has its elements. */
const tells = (node: t.Node): boolean =>
  t.isRegExpLiteral(node) || t.isArrayExpression(node) || !isIdle(node);

interface Plan {
  site: Site;
  trace: Trace;
  /** All but the last, which is the argument at `last`. */
  operands: Operand[];
  last: number;
}

/** Null where a call compares nothing, or where its operands cannot be had. */
function plan(rewriter: Rewriter, node: Call): Plan | null {
  const comparison = comparisonOf(node);
  if (comparison === null) return null;
  const { receiver, count, trace, name } = comparison;
  const args = node.arguments.slice(0, count);
  if (args.length < count || args.some((arg) => !t.isExpression(arg) || !tells(arg))) return null;
  const last = count - 1;
  if (!canTraceLast(rewriter, args[last]!)) return null;
  if (receiver !== null && !tells(receiver.object)) return null;

  const operands: (Operand | null)[] = receiver === null ? [] : [object(rewriter, receiver, true)];
  for (let i = 0; i < last; i++) operands.push(argument(rewriter, { parent: node.arguments, field: i }));
  if (operands.includes(null)) return null;
  return { site: rewriter.comparison(name), trace, operands: operands as Operand[], last };
}

const ROLES: Role[] = ['left', 'right', 'from'];

/**
 * A call's own text stays, since V8 quotes it where what is called is no function, and so does the order in which
 * it is evaluated. What is traced is traced in the place of an argument:
 *
 *     s.startsWith(x)     ->  s.startsWith((__kcov.cmp !== 0 && __kcov.trace_call("startsWith", [s, x], PC), x))
 *     s.startsWith(f())   ->  s.startsWith((r = f(), __kcov.cmp !== 0 && … [s, r] …, r))
 *     g().startsWith(x)   ->  (l = g()).startsWith((__kcov.cmp !== 0 && … [l, x] …, x))
 *     table[key](x)       ->  table[key]((__kcov.cmp !== 0 && __kcov.trace_key(table, key, PC), x))
 *     table[key].run(x)   ->  (__kcov.cmp !== 0 && __kcov.trace_key(table, key, PC), table[key].run(x))
 */
export function call(rewriter: Rewriter, node: Call, parent: t.Node): t.Expression {
  rewriter.called(nameOf(node.callee) ?? '', node);
  rewriter.quote(node.callee);
  const lookups = new CalleeLookups(rewriter, node, parent);
  const planned = plan(rewriter, node);
  rewriter.child(node as unknown as Record<string, unknown>, 'callee', node);
  if (planned === null || !rewriter.options.traceCmp) {
    rewriter.child(node as unknown as Record<string, unknown>, 'arguments', node);
  } else {
    traceArguments(rewriter, node, planned);
  }
  return lookups.into(node);
}

function traceArguments(rewriter: Rewriter, node: Call, { site, trace, operands, last }: Plan): void {
  const args = node.arguments as t.Expression[];
  const visit = (i: number): void => {
    args[i] = rewriter.deeper(() => rewriter.visit(args[i]!, node)) as t.Expression;
  };
  const values: t.Expression[] = [];
  const hasReceiver = operands.length > last;
  if (hasReceiver) values.push(operands[0]!.value('left'));
  for (let i = 0; i < last; i++) {
    visit(i);
    const at = values.length;
    values.push(operands[at]!.value(ROLES[at]!));
  }
  visit(last);
  traceLast(rewriter, { parent: args, field: last }, ROLES[values.length]!, (value) =>
    trace([...values, value], site),
  );
  for (let i = last + 1; i < args.length; i++) visit(i);
}

/** `new table[key](x)  ->  new table[key]((trace, x))`, as for a call. */
export function construction(rewriter: Rewriter, node: t.NewExpression, parent: t.Node): t.Expression {
  rewriter.called(nameOf(node.callee) ?? '', node);
  rewriter.quote(node.callee);
  const lookups = new CalleeLookups(rewriter, node, parent);
  rewriter.children(node);
  return lookups.into(node);
}
