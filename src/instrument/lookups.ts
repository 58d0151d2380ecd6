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

/** Lookups in what is called, which are traced around its text. */
interface CalleeLookups {
  /** Puts them in, once the call has been rewritten; what comes back stands in its place. */
  into(call: t.CallExpression | t.OptionalCallExpression | t.NewExpression): t.Expression;
}

interface CalleeLookup {
  member: Member;
  table: Operand;
  site: Site;
}

/**
 * `table[key](x)` and its like: the callee has been evaluated by the time that the first argument is. Where there is
 * none, the first lookup is traced before the call, since nothing comes before it that
 * could be felt.
 */
export function calleeLookups(
  rewriter: Rewriter,
  node: t.CallExpression | t.OptionalCallExpression | t.NewExpression,
  parent: t.Node,
  isQuoted: boolean,
): CalleeLookups {
  const found: { member: Member; table: Operand }[] = [];
  for (let link = unwrapped(node.callee); isMember(link); link = unwrapped(link.object)) {
    const table = calleeTable(rewriter, link);
    if (table !== null) found.unshift({ member: link, table });
  }
  const [first] = node.arguments;
  const hasPlace = first !== undefined && t.isExpression(first);
  const isBefore = first === undefined && !isQuoted && !isLink(node, parent) && rewriter.hasTemps;
  const traced = hasPlace ? found : found.slice(0, isBefore ? 1 : 0);
  const lookups = traced.map(
    (one): CalleeLookup => ({ ...one, site: rewriter.comparison(one.member.property) }),
  );
  return {
    into(call) {
      const traces = lookups.map((one) => (hasPlace ? traceInside(one) : traceBefore(rewriter, one)));
      if (traces.length === 0) return call;
      if (!hasPlace) return t.sequenceExpression([...traces, call]);
      call.arguments[0] = t.sequenceExpression([...traces, call.arguments[0] as t.Expression]);
      return call;
    },
  };
}

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

function calleeTable(rewriter: Rewriter, member: Member): Operand | null {
  const { property, computed } = member;
  if (!computed || isLiteral(property) || !isRepeatable(rewriter, property)) return null;
  if (!mayLookUp(rewriter, property) || isNoTable(unwrapped(member.object))) return null;
  return object(rewriter, member, false);
}

/** Whether a call is a link of an optional chain, which goes on in its parent. */
const isLink = (node: t.Node, parent: t.Node): boolean =>
  t.isOptionalCallExpression(node) &&
  (t.isOptionalMemberExpression(parent) || t.isOptionalCallExpression(parent));
