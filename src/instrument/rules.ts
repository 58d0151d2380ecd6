import { types as t } from '@babel/core';
import { call, construction } from './calls.ts';
import { comparison, switchOperands } from './compares.ts';
import { isTarget, keyIn, lookup } from './lookups.ts';
import { className, functionName, isAnonymousFunction, runtimeName } from './names.ts';
import type { Rewriter, Rule, Rules } from './rewriter.ts';
import type { FunctionSites, Site } from './sites.ts';

function program(rewriter: Rewriter, node: t.Program): t.Node {
  const sites = rewriter.addFunction('<module>');
  rewriter.within(sites, node, () => {
    const entry = rewriter.block(node, node.start!, node.end!);
    entry.place = { line: 1, column: 0 };
    const variables = rewriter.withTemps(() => {
      node.body = [...rewriter.trace(entry), ...rewriter.statements(node.body, node, node.end!)];
    });
    node.body.unshift(...variables);
  });
  return node;
}

// Functions and classes.

/** The class around the methods that are being visited. */
const owners = new WeakMap<t.ClassBody, string>();

/** `function f() { … }  ->  function f() { trace_pc; … }` */
function func(rewriter: Rewriter, node: t.Function, parent: t.Node): t.Node {
  const fields = node as unknown as Record<string, unknown>;
  // A computed key and decorators run where the function is made, not where it is called.
  if ('computed' in node && node.computed) rewriter.child(fields, 'key', node);
  if ('decorators' in node && node.decorators) rewriter.child(fields, 'decorators', node);
  const owner = t.isClassBody(parent) ? (owners.get(parent) ?? null) : null;
  rewriter.within(rewriter.addFunction(functionName(node, parent, owner)), node, () => {
    const entry = rewriter.block(node, node.body.start!, node.body.end!);
    rewriter.child(fields, 'params', node);
    node.body = t.isBlockStatement(node.body)
      ? functionBody(rewriter, node.body, entry)
      : arrowBody(rewriter, node.body, node, entry);
  });
  return node;
}

function functionBody(rewriter: Rewriter, body: t.BlockStatement, entry: Site): t.BlockStatement {
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
  const variables = rewriter.withTemps(() => {
    result = rewriter.expression(body, parent);
  });
  if (variables.length === 0) return rewriter.traced(entry, result);
  return t.blockStatement([...variables, ...rewriter.trace(entry), t.returnStatement(result)]);
}

function classNode(rewriter: Rewriter, node: t.Class, parent: t.Node): t.Node {
  owners.set(node.body, className(node, parent));
  return rewriter.children(node);
}

/**
 * Fields run when an instance is made, static ones when the class is: in functions of their own, which have the
 * names that V8 shows for them.
 */
function classBody(rewriter: Rewriter, node: t.ClassBody): t.Node {
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
    const variables = rewriter.withTemps(() => {
      node.body = [...rewriter.trace(entry), ...rewriter.statements(node.body, node, node.end!)];
    });
    node.body.unshift(...variables);
  });
  return node;
}

// Statements.

function list(rewriter: Rewriter, node: t.BlockStatement | t.TSModuleBlock): t.Node {
  node.body = rewriter.statements(node.body, node, node.end!);
  return node;
}

/** `if (x) a; else b;  ->  if (x) { trace_pc; a; } else { trace_pc; b; }`, with an `else` where there was none. */
function ifStatement(rewriter: Rewriter, node: t.IfStatement): t.Node {
  node.test = rewriter.expression(node.test, node);
  const consequent = rewriter.arm(node.consequent, node);
  node.consequent = consequent.block;
  if (node.alternate) {
    const alternate = rewriter.arm(node.alternate, node);
    node.alternate = alternate.block;
    rewriter.branch('if', node, [consequent.site, alternate.site]);
  } else {
    const skipped = rewriter.block(node, node.end!, node.end!);
    if (rewriter.options.tracePc) node.alternate = t.blockStatement(rewriter.trace(skipped));
    rewriter.branch('if', node, [consequent.site, skipped]);
  }
  return node;
}

/** `while (x) a;  ->  while (x) { trace_pc; a; }` */
function loop(rewriter: Rewriter, node: t.Loop): t.Node {
  if (t.isForOfStatement(node)) rewriter.quote(node.right);
  rewriter.children(node, 'body');
  node.body = rewriter.arm(node.body, node).block;
  return node;
}

/** `catch (e) { a; }  ->  catch (e) { trace_pc; a; }` */
function catchClause(rewriter: Rewriter, node: t.CatchClause): t.Node {
  rewriter.children(node, 'body');
  node.body = rewriter.arm(node.body, node).block;
  return node;
}

/** `case 1: a;  ->  case 1: trace_pc; a;` */
function switchStatement(rewriter: Rewriter, node: t.SwitchStatement): t.Node {
  switchOperands(rewriter, node);
  const arms = node.cases.map((one) => {
    const site = rewriter.block(one);
    one.consequent = [...rewriter.trace(site), ...rewriter.statements(one.consequent, one, one.end!)];
    return site;
  });
  rewriter.branch('switch', node, arms);
  return node;
}

// Expressions.

/** `x ? a : b  ->  x ? (trace_pc, a) : (trace_pc, b)` */
function conditional(rewriter: Rewriter, node: t.ConditionalExpression): t.Node {
  node.test = rewriter.expression(node.test, node);
  const arms = (['consequent', 'alternate'] as const).map((key) => {
    const site = rewriter.block(node[key]);
    node[key] = rewriter.traced(site, rewriter.expression(node[key], node));
    return site;
  });
  rewriter.branch('cond-expr', node, arms);
  return node;
}

/** `a && b  ->  a && (trace_pc, b)`; a chain is one branch with an arm for each operand. */
function logical(rewriter: Rewriter, node: t.LogicalExpression, parent: t.Node): t.Node {
  const arms = logicalArms(rewriter, node);
  if (!t.isLogicalExpression(parent)) rewriter.branch('binary-expr', node, arms);
  return node;
}

function logicalArms(rewriter: Rewriter, node: t.LogicalExpression): (Site | null)[] {
  const operand = (key: 'left' | 'right'): (Site | null)[] => {
    const child = node[key];
    if (t.isLogicalExpression(child)) return logicalArms(rewriter, child);
    node[key] = rewriter.expression(child, node);
    return [null];
  };
  const left = operand('left');
  const site = rewriter.block(node.right);
  const [, ...right] = operand('right');
  node.right = rewriter.traced(site, node.right);
  return [...left, site, ...right];
}

/**
 * `a ||= b  ->  a ||= (trace_pc, b)`
 *
 * V8 refuses `f([0], [a] = b)`, valid as it is, and takes `f([0], ([a] = b))`. Babel prints no parentheses that the
 * grammar does not ask for, so those that must have been there are put back.
 */
function assignment(rewriter: Rewriter, node: t.AssignmentExpression, parent: t.Node): t.Node {
  if (t.isObjectPattern(node.left)) rewriter.quote(node.right);
  if (t.isPattern(node.left) && (t.isNewExpression(parent) || /CallExpression$/.test(parent.type)))
    return t.parenthesizedExpression(rewriter.children(node));
  const conditional = node.operator === '&&=' || node.operator === '||=' || node.operator === '??=';
  if (!conditional || isAnonymousFunction(node.right)) return rewriter.children(node);
  const site = rewriter.block(node.right);
  rewriter.children(node);
  node.right = rewriter.traced(site, node.right);
  return node;
}

/** `(a = 1) => …  ->  (a = (trace_pc, 1)) => …` */
function assignmentPattern(rewriter: Rewriter, node: t.AssignmentPattern): t.Node {
  const site = rewriter.block(node.right);
  if (t.isObjectPattern(node.left)) rewriter.quote(node.right);
  rewriter.children(node);
  node.right = rewriter.tracedNamed(site, node.right, runtimeName(node));
  rewriter.branch('default-arg', node, [site]);
  return node;
}

/** Keys that are names and no expressions. */
function property(rewriter: Rewriter, node: t.ObjectProperty): t.Node {
  return rewriter.children(node, ...(node.computed ? [] : ['key']));
}

function binary(rewriter: Rewriter, node: t.BinaryExpression, parent: t.Node): t.Node {
  return node.operator === 'in' ? keyIn(rewriter, node) : comparison(rewriter, node, parent);
}

// Text that V8 quotes where it finds no function, nothing to iterate over, or nothing to take apart.

function declarator(rewriter: Rewriter, node: t.VariableDeclarator): t.Node {
  if (t.isObjectPattern(node.id) && node.init) rewriter.quote(node.init);
  return rewriter.children(node);
}

function spread(rewriter: Rewriter, node: t.SpreadElement): t.Node {
  rewriter.quote(node.argument);
  return rewriter.children(node);
}

function yieldExpression(rewriter: Rewriter, node: t.YieldExpression): t.Node {
  if (node.delegate && node.argument) rewriter.quote(node.argument);
  return rewriter.children(node);
}

function taggedTemplate(rewriter: Rewriter, node: t.TaggedTemplateExpression): t.Node {
  rewriter.quote(node.tag);
  return rewriter.children(node);
}

// Targets that do not stand in what assigns to them.

function objectPattern(rewriter: Rewriter, node: t.ObjectPattern): t.Node {
  for (const one of node.properties) if (t.isObjectProperty(one)) rewriter.quote(one.value);
  return rewriter.children(node);
}

function typeWrapper(rewriter: Rewriter, node: t.TSAsExpression, parent: t.Node): t.Node {
  if (isTarget(node, parent)) rewriter.quote(node.expression);
  return rewriter.children(node);
}

/** What happens at which kind of node; kinds that are missing have nothing of their own. */
export const RULES: Rules = {
  Program: program as Rule<t.Node>,
  FunctionDeclaration: func as Rule<t.Node>,
  FunctionExpression: func as Rule<t.Node>,
  ArrowFunctionExpression: func as Rule<t.Node>,
  ObjectMethod: func as Rule<t.Node>,
  ClassMethod: func as Rule<t.Node>,
  ClassPrivateMethod: func as Rule<t.Node>,
  ClassDeclaration: classNode as Rule<t.Node>,
  ClassExpression: classNode as Rule<t.Node>,
  ClassBody: classBody as Rule<t.Node>,
  BlockStatement: list as Rule<t.Node>,
  TSModuleBlock: list as Rule<t.Node>,
  IfStatement: ifStatement as Rule<t.Node>,
  ForStatement: loop as Rule<t.Node>,
  ForInStatement: loop as Rule<t.Node>,
  ForOfStatement: loop as Rule<t.Node>,
  WhileStatement: loop as Rule<t.Node>,
  DoWhileStatement: loop as Rule<t.Node>,
  CatchClause: catchClause as Rule<t.Node>,
  SwitchStatement: switchStatement as Rule<t.Node>,
  ConditionalExpression: conditional as Rule<t.Node>,
  LogicalExpression: logical as Rule<t.Node>,
  AssignmentExpression: assignment as Rule<t.Node>,
  AssignmentPattern: assignmentPattern as Rule<t.Node>,
  ObjectProperty: property as Rule<t.Node>,
  MemberExpression: lookup as Rule<t.Node>,
  OptionalMemberExpression: lookup as Rule<t.Node>,
  BinaryExpression: binary as Rule<t.Node>,
  CallExpression: call as Rule<t.Node>,
  OptionalCallExpression: call as Rule<t.Node>,
  NewExpression: construction as Rule<t.Node>,
  VariableDeclarator: declarator as Rule<t.Node>,
  SpreadElement: spread as Rule<t.Node>,
  YieldExpression: yieldExpression as Rule<t.Node>,
  TaggedTemplateExpression: taggedTemplate as Rule<t.Node>,
  ObjectPattern: objectPattern as Rule<t.Node>,
  TSAsExpression: typeWrapper as Rule<t.Node>,
  TSSatisfiesExpression: typeWrapper as Rule<t.Node>,
  TSNonNullExpression: typeWrapper as Rule<t.Node>,
  TSTypeAssertion: typeWrapper as Rule<t.Node>,
};
