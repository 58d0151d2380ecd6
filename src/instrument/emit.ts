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

const word = (index: t.Expression): t.MemberExpression => t.memberExpression(kernel('buf'), index, true);
const count = (): t.MemberExpression => word(t.numericLiteral(0));

/**
 *     __kcov.buf[0] >>> 0 < __kcov.end &&
 *       (__kcov.buf[(__kcov.buf[0] += 1) << 1] = PC, __kcov.buf[__kcov.buf[0] << 1 | 1] = -1)
 *
 * Both halves of the entry are written, as the original does, so that a user who clears the mapped buffer while
 * tracing goes on reads whole PCs all the same. The count is unsigned, since its user may set any.
 */
function inlineTracePc(site: Site): t.Expression {
  const entry = t.assignmentExpression('+=', count(), t.numericLiteral(1));
  const low = t.assignmentExpression(
    '=',
    word(t.binaryExpression('<<', entry, t.numericLiteral(1))),
    pcOf(site),
  );
  const last = t.binaryExpression('<<', count(), t.numericLiteral(1));
  const highHalf = word(t.binaryExpression('|', last, t.numericLiteral(1)));
  const high = t.assignmentExpression('=', highHalf, t.numericLiteral(TEXT_HIGH));
  const unsigned = t.binaryExpression('>>>', count(), t.numericLiteral(0));
  const room = t.binaryExpression('<', unsigned, kernel('end'));
  return t.logicalExpression('&&', room, t.sequenceExpression([low, high]));
}

export function tracePc(site: Site, callbacks: Callbacks): t.Expression {
  return callbacks === 'inline'
    ? inlineTracePc(site)
    : t.callExpression(kernel('__sanitizer_cov_trace_pc'), [pcOf(site)]);
}

/** `__kcov.cmp !== 0 && __kcov.NAME(...args, PC)` */
export function traceCmp(
  name: 'trace_cmp' | 'trace_const_cmp' | 'trace_switch',
  args: t.Expression[],
  site: Site,
): t.Expression {
  const on = t.binaryExpression('!==', kernel('cmp'), t.numericLiteral(0));
  return t.logicalExpression('&&', on, t.callExpression(kernel(name), [...args, pcOf(site)]));
}

/** What stands in for the kernel where no harness is loaded: nothing is ever traced. */
const STUB = `globalThis.${KERNEL_GLOBAL}??={buf:new Int32Array(2),end:0,cmp:0,__sanitizer_cov_trace_pc(){},kldload(){}}`;

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
