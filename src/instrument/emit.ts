import { types as t, template } from '@babel/core';
import { KERNEL_GLOBAL } from '../abi/kernel.ts';
import { TEXT_HIGH } from '../abi/text.ts';
import type { Site } from './sites.ts';

/** Whether a callback's body stands at the site or is called; clang has the same choice for its counters. */
export type Callbacks = 'inline' | 'call';

const kernel = (name: string): t.MemberExpression =>
  t.memberExpression(t.identifier(KERNEL_GLOBAL), t.identifier(name));

/** A literal that the linking step fills in with the site's PC. */
function pcOf(site: Site): t.NumericLiteral {
  const literal = t.numericLiteral(0);
  site.literals.push(literal);
  return literal;
}

const number = t.numericLiteral;
const assign = t.assignmentExpression;
const binary = t.binaryExpression;

const word = (index: t.Expression): t.MemberExpression => t.memberExpression(kernel('buf'), index, true);
const count = (): t.MemberExpression => word(number(0));

/**
 *     (index = __kcov.buf[0] >>> 0) < __kcov.end
 *       ? (__kcov.buf[0] = index + 1, __kcov.buf[(index << 1) + 2] = PC, __kcov.buf[(index << 1) + 3] = -1)
 *       : __kcov.unique !== null && __kcov.__sanitizer_cov_trace_pc(PC)
 *
 * Both halves of the entry are written, as the original does, so that a user who clears the mapped buffer while
 * tracing goes on reads whole PCs all the same. The count is unsigned, since its user may set any.
 *
 * Why so, and not otherwise: docs/instrumentation.md, "The form of a trace".
 */
function inlineTracePc(site: Site, index: t.Identifier | null): t.Expression {
  const unsigned = binary('>>>', count(), number(0));
  const used = index === null ? unsigned : assign('=', index, unsigned);
  const unique = binary('!==', kernel('unique'), t.nullLiteral());
  const full = t.logicalExpression('&&', unique, callTracePc(site));
  return t.conditionalExpression(binary('<', used, kernel('end')), store(site, index), full);
}

/** Without a variable, the count itself has to say where the entry is. */
function store(site: Site, index: t.Identifier | null): t.Expression {
  if (index === null) {
    const at = binary('<<', assign('+=', count(), number(1)), number(1));
    const high = binary('|', binary('<<', count(), number(1)), number(1));
    return t.sequenceExpression([
      assign('=', word(at), pcOf(site)),
      assign('=', word(high), number(TEXT_HIGH)),
    ]);
  }
  const half = (offset: number) =>
    word(binary('+', binary('<<', t.cloneNode(index), number(1)), number(offset)));
  return t.sequenceExpression([
    assign('=', count(), binary('+', t.cloneNode(index), number(1))),
    assign('=', half(2), pcOf(site)),
    assign('=', half(3), number(TEXT_HIGH)),
  ]);
}

const callTracePc = (site: Site): t.Expression =>
  t.callExpression(kernel('__sanitizer_cov_trace_pc'), [pcOf(site)]);

/** @param index a variable of the function around, where there can be one */
export function tracePc(site: Site, callbacks: Callbacks, index: t.Identifier | null): t.Expression {
  return callbacks === 'inline' ? inlineTracePc(site, index) : callTracePc(site);
}

/** `__kcov.cmp !== 0 && __kcov.NAME(...args, PC)`, with a further condition before the call. */
export function traceCmp(
  name: 'trace_cmp' | 'trace_const_cmp' | 'trace_switch' | 'trace_call' | 'trace_key',
  args: t.Expression[],
  site: Site,
  condition?: t.Expression,
): t.Expression {
  const on = t.binaryExpression('!==', kernel('cmp'), t.numericLiteral(0));
  const guard = condition === undefined ? on : t.logicalExpression('&&', on, condition);
  return t.logicalExpression('&&', guard, t.callExpression(kernel(name), [...args, pcOf(site)]));
}

/** `__kcov.peek(root, [...names])` */
export const peek = (root: t.Expression, names: t.Expression[]): t.Expression =>
  t.callExpression(kernel('peek'), [root, t.arrayExpression(names)]);

/** What stands in for the kernel where no harness is loaded: nothing is ever traced. */
const STUB = `globalThis.${KERNEL_GLOBAL}??={buf:new Int32Array(2),end:0,cmp:0,unique:null,__sanitizer_cov_trace_pc(){},kldload(){}}`;

/** `globalThis.__kcov.kldload(filename, base, size, rest)`; where `standalone`, the stub stands in before it. */
export function loadModule(
  args: readonly [filename: string, base: number, size: number, rest: string],
  standalone: boolean,
): t.Statement {
  const kernel = template.expression.ast(standalone ? `(${STUB})` : `globalThis.${KERNEL_GLOBAL}`);
  const [filename, base, size, rest] = args;
  return t.expressionStatement(
    t.callExpression(t.memberExpression(kernel, t.identifier('kldload')), [
      t.stringLiteral(filename),
      t.numericLiteral(base),
      t.numericLiteral(size),
      t.stringLiteral(rest),
    ]),
  );
}

/**
 * In an import cycle a function of an ES module can run before the module's body does. What it imports is there
 * by then, so the stub comes in as an import.
 */
export function importStub(): t.Statement {
  return t.importDeclaration([], t.stringLiteral(`data:text/javascript,${STUB}`));
}
