import { types as t } from '@babel/core';
import { className, functionName, runtimeName } from './names.ts';
import type { Rewriter } from './rewriter.ts';
import type { FunctionSites, Site } from './sites.ts';

/** What has a body of its own: programs, functions and classes. */

export function program(rewriter: Rewriter, node: t.Program): t.Node {
  const sites = rewriter.addFunction('<module>', true);
  rewriter.within(sites, node, () => {
    const entry = rewriter.block(node, node.start!, node.end!);
    entry.place = { line: 1, column: 0 };
    rewriter.enter(entry);
    const variables = rewriter.withTemps(() => {
      node.body = [...rewriter.trace(entry), ...rewriter.statements(node.body, node, node.end!)];
    });
    node.body.unshift(...variables);
  });
  return node;
}

/** The class around the methods that are being visited. */
const owners = new WeakMap<t.ClassBody, string>();

/** `function f() { … }  ->  function f() { trace_pc; … }` */
export function func(rewriter: Rewriter, node: t.Function, parent: t.Node): t.Node {
  const fields = node as unknown as Record<string, unknown>;
  // A computed key and decorators run where the function is made, not where it is called.
  if ('computed' in node && node.computed) rewriter.child(fields, 'key', node);
  if ('decorators' in node && node.decorators) rewriter.child(fields, 'decorators', node);
  const owner = t.isClassBody(parent) ? (owners.get(parent) ?? null) : null;
  const suspends = node.async === true || node.generator === true;
  rewriter.within(rewriter.addFunction(functionName(node, parent, owner), suspends), node, () => {
    const entry = rewriter.block(node, node.body.start!, node.body.end!);
    rewriter.enter(entry);
    rewriter.child(fields, 'params', node);
    node.body = t.isBlockStatement(node.body)
      ? functionBody(rewriter, node.body, entry)
      : arrowBody(rewriter, node.body, node, entry);
  });
  return node;
}

function functionBody(rewriter: Rewriter, body: t.BlockStatement, entry: Site): t.BlockStatement {
  rewriter.begin();
  const variables = rewriter.withTemps(() => {
    body.body = [...rewriter.trace(entry), ...rewriter.statements(body.body, body, body.end!)];
  });
  body.body.unshift(...variables);
  return body;
}

/** `x => e  ->  x => (trace_pc, e)`, or a block where `e` needs variables. */
function arrowBody(
  rewriter: Rewriter,
  body: t.Expression,
  parent: t.Node,
  entry: Site,
): t.Expression | t.BlockStatement {
  let result = body;
  rewriter.begin();
  const variables = rewriter.withTemps(() => {
    result = rewriter.expression(body, parent);
  });
  if (variables.length === 0) return rewriter.traced(entry, result);
  return t.blockStatement([...variables, ...rewriter.trace(entry), t.returnStatement(result)]);
}

export function classNode(rewriter: Rewriter, node: t.Class, parent: t.Node): t.Node {
  owners.set(node.body, className(node, parent));
  return rewriter.children(node);
}

/**
 * Fields run when an instance is made, static ones when the class is: in functions of their own, which have the
 * names that V8 shows for them.
 */
export function classBody(rewriter: Rewriter, node: t.ClassBody): t.Node {
  const owner = owners.get(node)!;
  const initializers: Record<string, FunctionSites> = {};
  const initializer = (isStatic: boolean | null | undefined): FunctionSites => {
    const name = `${owner}.<${isStatic ? 'static_initializer' : 'instance_members_initializer'}>`;
    initializers[name] ??= rewriter.addFunction(name);
    return initializers[name];
  };
  node.body = node.body.map((member) => {
    if (t.isStaticBlock(member)) return staticBlock(rewriter, member, initializer(true));
    if (!isField(member) || !member.value) return rewriter.visit(member, node) as typeof member;
    const computed = 'computed' in member && member.computed;
    rewriter.children(member, 'value', ...(computed ? [] : ['key']));
    const value = member.value;
    member.value = rewriter.within(initializer(member.static), null, () => {
      const site = rewriter.block(value);
      rewriter.enter(site);
      return rewriter.tracedNamed(site, rewriter.expression(value, member), runtimeName(member));
    });
    return member;
  });
  return node;
}

const isField = (node: t.Node): node is t.ClassProperty | t.ClassPrivateProperty | t.ClassAccessorProperty =>
  t.isClassProperty(node) || t.isClassPrivateProperty(node) || t.isClassAccessorProperty(node);

function staticBlock(rewriter: Rewriter, node: t.StaticBlock, sites: FunctionSites): t.StaticBlock {
  rewriter.within(sites, null, () => {
    const entry = rewriter.block(node);
    rewriter.enter(entry);
    const variables = rewriter.withTemps(() => {
      node.body = [...rewriter.trace(entry), ...rewriter.statements(node.body, node, node.end!)];
    });
    node.body.unshift(...variables);
  });
  return node;
}
