import { types as t } from '@babel/core';
import { traceCmp } from './emit.ts';
import {
  argument,
  canTraceLast,
  isIdle,
  isLiteral,
  isMember,
  isRepeatable,
  type Member,
  type Operand,
  object,
  traceLast,
  unwrapped,
} from './operands.ts';
import type { Rewriter } from './rewriter.ts';
import type { Site } from './sites.ts';

/** What plainly is no table with words for its keys. */
const isNoTable = (node: t.Node): boolean =>
  isLiteral(node) ||
  t.isTemplateLiteral(node) ||
  t.isArrayExpression(node) ||
  t.isIdentifier(node, { name: 'arguments' }) ||
  (isIdle(node) && !t.isObjectExpression(node));

const mayLookUp = (rewriter: Rewriter, key: t.Node): boolean =>
  !isIdle(key) && !rewriter.isNumber(unwrapped(key));

/** Whether what stands there is written to, or deleted. */
export function isTarget(node: t.Node, parent: t.Node): boolean {
  switch (parent.type) {
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.left === node;
    case 'UpdateExpression':
    case 'ArrayPattern':
    case 'RestElement':
      return true;
    default:
      return t.isUnaryExpression(parent, { operator: 'delete' });
  }
}

/**
 *     table[key]    ->  table[(__kcov.cmp !== 0 && __kcov.trace_key(table, key, PC), key)]
 *     table[f()]    ->  table[(r = f(), __kcov.cmp !== 0 && __kcov.trace_key(table, r, PC), r)]
 *     g()[key]      ->  (l = g())[(__kcov.cmp !== 0 && __kcov.trace_key(l, key, PC), key)]
 *
 * where the object is no plain list and the key no plain number. What V8 quotes stays as it is.
 */
export function lookup(rewriter: Rewriter, node: Member, parent: t.Node): t.Node {
  if (!node.computed) return rewriter.children(node, 'property');
  const isTraced =
    !rewriter.isQuoted(node) &&
    !isTarget(node, parent) &&
    mayLookUp(rewriter, node.property) &&
    !isNoTable(unwrapped(node.object)) &&
    canTraceLast(rewriter, node.property);
  const table = isTraced ? object(rewriter, node, true) : null;
  const site = table === null ? null : rewriter.comparison(node.property);
  node.object = rewriter.expression(node.object, node);
  if (table === null || !rewriter.options.traceCmp) {
    node.property = rewriter.expression(node.property as t.Expression, node);
    return node;
  }
  const value = table.value('left');
  node.property = rewriter.deeper(() => rewriter.expression(node.property as t.Expression, node));
  traceLast(rewriter, { parent: node, field: 'property' }, 'right', (key) =>
    traceCmp('trace_key', [value, key], site!),
  );
  return node;
}

/**
 *     key in table  ->  key in (__kcov.cmp !== 0 && __kcov.trace_key(table, key, PC), table)
 *     f() in g()    ->  (l = f()) in (r = g(), __kcov.cmp !== 0 && __kcov.trace_key(r, l, PC), r)
 */
export function keyIn(rewriter: Rewriter, node: t.BinaryExpression): t.Expression {
  const isTraced = mayLookUp(rewriter, node.left) && canTraceLast(rewriter, node.right);
  const key = isTraced ? argument(rewriter, { parent: node, field: 'left' }) : null;
  if (key === null) return rewriter.children(node);
  const site = rewriter.comparison(node);
  node.left = rewriter.expression(node.left as t.Expression, node);
  if (!rewriter.options.traceCmp) return rewriter.children(node, 'left');
  const value = key.value('left');
  node.right = rewriter.deeper(() => rewriter.expression(node.right, node));
  traceLast(rewriter, { parent: node, field: 'right' }, 'right', (table) =>
    traceCmp('trace_key', [table, value], site),
  );
  return node;
}

type Call = t.CallExpression | t.OptionalCallExpression | t.NewExpression;

/** A lookup in what is called, which is traced around its text. */
interface CalleeLookup {
  member: Member;
  table: Operand;
  site: Site;
}

/** Lookups in a callee, found before the call is rewritten. */
export class CalleeLookups {
  readonly #rewriter: Rewriter;
  /** The callee itself, where it is looked up: it has been evaluated by the time that the first argument is. */
  readonly #callee: CalleeLookup[] = [];
  /** Lookups from which the call goes on; where they miss, it comes to no argument. */
  readonly #before: CalleeLookup[] = [];

  constructor(rewriter: Rewriter, call: Call, parent: t.Node) {
    this.#rewriter = rewriter;
    const last = lookedUpCallee(call);
    if (last !== null) this.#callee.push(...this.#found(last));
    // What is before a call must be before all of the chain that the call is in.
    if (rewriter.isQuoted(call) || isLink(call, parent) || !rewriter.hasTemps) return;
    for (const member of links(call)) this.#before.unshift(...this.#found(member));
  }

  #found(member: Member): CalleeLookup[] {
    const { property, computed } = member;
    if (!computed || isLiteral(property) || !isRepeatable(this.#rewriter, property)) return [];
    if (!mayLookUp(this.#rewriter, property) || isNoTable(unwrapped(member.object))) return [];
    const table = object(this.#rewriter, member, false);
    return table === null ? [] : [{ member, table, site: this.#rewriter.comparison(property) }];
  }

  /** Puts the traces in, once the call has been rewritten; what comes back stands in its place. */
  into(call: Call): t.Expression {
    if (!this.#rewriter.options.traceCmp) return call;
    const [first] = call.arguments;
    for (const one of this.#callee)
      call.arguments[0] = t.sequenceExpression([traceInside(one), first as t.Expression]);
    if (this.#before.length === 0) return call;
    return t.sequenceExpression([...this.#before.map((one) => traceBefore(this.#rewriter, one)), call]);
  }
}

/** The callee, where it is a member and the first argument is evaluated whatever it is. */
function lookedUpCallee(call: Call): Member | null {
  const callee = unwrapped(call.callee);
  const [first] = call.arguments;
  return isMember(callee) && t.isExpression(first) && !('optional' in call && call.optional) ? callee : null;
}

/** The members of a chain of calls, from the last to the first, but those that their calls trace. */
function* links(call: Call): Generator<Member> {
  let link: t.Node = call;
  while (true) {
    if (isMember(link)) {
      yield link;
      link = unwrapped(link.object);
    } else if (isCall(link)) {
      const inArgument = lookedUpCallee(link);
      link = inArgument === null ? unwrapped(link.callee) : unwrapped(inArgument.object);
    } else return;
  }
}

const isCall = (node: t.Node): node is Call =>
  t.isCallExpression(node) || t.isOptionalCallExpression(node) || t.isNewExpression(node);

/** Whether a call is a link of an optional chain, which goes on in its parent. */
const isLink = (node: t.Node, parent: t.Node): boolean =>
  t.isOptionalCallExpression(node) &&
  (t.isOptionalMemberExpression(parent) || t.isOptionalCallExpression(parent));

const keyOf = ({ member }: CalleeLookup): t.Expression => t.cloneNode(member.property as t.Expression);

const traceInside = (one: CalleeLookup): t.Expression =>
  traceCmp('trace_key', [one.table.value('left'), keyOf(one)], one.site);

/**
 *     a[key]()    ->  __kcov.cmp !== 0 && __kcov.trace_key(a, key, PC)
 *     a.b[key]()  ->  __kcov.cmp !== 0 && (l = __kcov.peek(a, ["b"])) !== undefined && __kcov.trace_key(l, key, PC)
 *
 * The key may have no value yet, which is an error that comes after those of the object and after its getters: it is
 * asked for only where the object has been found without.
 */
function traceBefore(rewriter: Rewriter, one: CalleeLookup): t.Expression {
  if (isRepeatable(rewriter, unwrapped(one.member.object))) return traceInside(one);
  const table = rewriter.temp('left');
  const peeked = t.assignmentExpression('=', table, one.table.value('left'));
  const isThere = t.binaryExpression('!==', peeked, t.unaryExpression('void', t.numericLiteral(0)));
  return traceCmp('trace_key', [t.cloneNode(table), keyOf(one)], one.site, isThere);
}
