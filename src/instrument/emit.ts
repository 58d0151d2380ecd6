import { types as t, template } from '@babel/core';
import { COUNTERS_GLOBAL } from '../abi/counters.ts';
import { KERNEL_GLOBAL } from '../abi/kernel.ts';
import { TEXT_HIGH } from '../abi/text.ts';
import { type CounterNames, counterOf, type Site } from './sites.ts';

/** Whether a callback's body stands at the site or is called; clang has the same choice for its counters. */
export type Callbacks = 'inline' | 'call';

/** Variables that hold the buffer, and the index of the last entry. */
export interface TraceVariables {
  buf: string;
  index: string;
}

/**
 * An expression as text. Babel prints an identifier's name as it is, so that a site is one node to make, to visit and to
 * print, where it would be forty; and one position of the source map, that of the site. Nothing in it is for other
 * plugins to see: its variables are declared beside it, its global is ours.
 *
 * @param text nothing that binds less than what it is put into
 */
function verbatim(text: string, { place }: Site): t.Identifier {
  const node = t.identifier(text);
  // Of an identifier the source map would have the name.
  const loc = {
    start: { ...place, index: 0 },
    end: { ...place, index: 0 },
    filename: '',
    identifierName: '',
  };
  node.loc = loc as t.SourceLocation;
  return node;
}

/** The same with the site's PC, which the linking step knows. */
function linked(text: (pc: number) => string, site: Site): t.Identifier {
  const node = verbatim(text(0), site);
  site.links.push((pc) => {
    node.name = text(pc);
  });
  return node;
}

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
const inlineTracePc = (pc: number, { buf, index }: TraceVariables): string =>
  `(${index}=(${buf}=${KERNEL_GLOBAL}.buf)[0]>>>0)<${KERNEL_GLOBAL}.end?` +
  `(${buf}[(${index}<<1)+2]=${pc},${buf}[(${index}<<1)+3]=${TEXT_HIGH},${buf}[0]=${index}+1)` +
  `:${KERNEL_GLOBAL}.unique!==null&&${callTracePc(pc)}`;

const callTracePc = (pc: number): string => `${KERNEL_GLOBAL}.__sanitizer_cov_trace_pc(${pc})`;

/**
 * A conditional expression, or a call.
 *
 * @param variables of the function around, for a body that stands at the site; a call where there are none
 */
export const tracePc = (site: Site, variables: TraceVariables | null): t.Expression =>
  linked((pc) => (variables === null ? callTracePc(pc) : inlineTracePc(pc, variables)), site);

/**
 *     counters[12]++
 *     (counters ?? init())[12]++
 *
 * @param early whether it may run before the module's own first statement, as a function that an import cycle calls
 */
export function count(site: Site, { table, init }: CounterNames, early: boolean): t.Expression {
  const node = verbatim('', site);
  const counters = early ? `(${table}??${init}())` : table;
  site.links.push(() => {
    node.name = `${counters}[${counterOf(site)}]++`;
  });
  return node;
}

/**
 * A realm has one table for each text, however often that is evaluated:
 *
 *     function init() { return counters ??= (globalThis.__sancov_cntrs ??= {})[KEY] ??= new Int32Array(LENGTH); }
 *     var counters = init();
 */
export const declareCounters = ({ table, init }: CounterNames, key: string, length: number): t.Statement[] =>
  template.statements.ast(
    `function ${init}(){return ${table}??=(globalThis.${COUNTERS_GLOBAL}??={})[${JSON.stringify(key)}]??=new Int32Array(${length})}` +
      `var ${table}=${init}();`,
    { placeholderPattern: false },
  );

/** `__kcov.cmp !== 0 && __kcov.NAME(...args, PC)`, with a further condition before the call. */
export function traceCmp(
  name: 'trace_cmp' | 'trace_const_cmp' | 'trace_switch' | 'trace_call' | 'trace_key',
  args: t.Expression[],
  site: Site,
  condition?: t.Expression,
): t.Expression {
  const on = verbatim(`${KERNEL_GLOBAL}.cmp!==0`, site);
  const guard = condition === undefined ? on : t.logicalExpression('&&', on, condition);
  const callback = verbatim(`${KERNEL_GLOBAL}.${name}`, site);
  return t.logicalExpression('&&', guard, t.callExpression(callback, [...args, linked(String, site)]));
}

/** `__kcov.peek(root, [...names])` */
export const peek = (root: t.Expression, names: t.Expression[]): t.Expression =>
  t.callExpression(t.memberExpression(t.identifier(KERNEL_GLOBAL), t.identifier('peek')), [
    root,
    t.arrayExpression(names),
  ]);

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
