import { types as t, template } from '@babel/core';
import { KERNEL_GLOBAL } from '../abi/kernel.ts';
import { TEXT_HIGH } from '../abi/text.ts';
import type { Site } from './sites.ts';

/** Whether a callback's body stands at the site or is called; clang has the same choice for its counters. */
export type Callbacks = 'inline' | 'call';

/** Variables that hold the buffer, and the index of the last entry. */
export interface TraceVariables {
  buf: t.Identifier;
  index: t.Identifier;
}

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

/**
 *     (index = (buf = __kcov.buf)[0] >>> 0) < __kcov.end
 *       ? (buf[(index << 1) + 2] = PC, buf[(index << 1) + 3] = -1, buf[0] = index + 1)
 *       : __kcov.unique !== null && __kcov.__sanitizer_cov_trace_pc(PC)
 *
 * Both halves of the entry are written, as the original does, so that a user who clears the mapped buffer while
 * tracing goes on reads whole PCs all the same; and they are written before the count, so that whoever reads along
 * finds the entries that it counts. The count is unsigned, since its user may set any.
 *
 * Why so, and not otherwise: docs/instrumentation.md, "The form of a trace".
 */
function inlineTracePc(site: Site, variables: TraceVariables): t.Expression {
  const [buf, index] = [() => t.cloneNode(variables.buf), () => t.cloneNode(variables.index)];
  const word = (of: t.Expression, at: t.Expression) => t.memberExpression(of, at, true);
  const half = (offset: number) => word(buf(), binary('+', binary('<<', index(), number(1)), number(offset)));
  const count = binary('>>>', word(assign('=', buf(), kernel('buf')), number(0)), number(0));
  const store = t.sequenceExpression([
    assign('=', half(2), pcOf(site)),
    assign('=', half(3), number(TEXT_HIGH)),
    assign('=', word(buf(), number(0)), binary('+', index(), number(1))),
  ]);
  const unique = binary('!==', kernel('unique'), t.nullLiteral());
  return t.conditionalExpression(
    binary('<', assign('=', index(), count), kernel('end')),
    store,
    t.logicalExpression('&&', unique, callTracePc(site)),
  );
}

const callTracePc = (site: Site): t.Expression =>
  t.callExpression(kernel('__sanitizer_cov_trace_pc'), [pcOf(site)]);

/** @param variables of the function around, for a body that stands at the site; a call where there are none */
export function tracePc(site: Site, variables: TraceVariables | null): t.Expression {
  return variables === null ? callTracePc(site) : inlineTracePc(site, variables);
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
