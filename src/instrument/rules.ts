import type { types as t } from '@babel/core';
import { call, construction } from './calls.ts';
import { assignment, assignmentPattern, binary, conditional, logical, property } from './expressions.ts';
import { classBody, classNode, func, program } from './functions.ts';
import { lookup } from './lookups.ts';
import { declarator, objectPattern, spread, taggedTemplate, typeWrapper, yieldExpression } from './quotes.ts';
import type { Rule, Rules } from './rewriter.ts';
import { catchClause, ifStatement, list, loop, switchStatement } from './statements.ts';

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
