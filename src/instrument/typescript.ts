import type { types as t } from '@babel/core';

/** Nodes of TypeScript that hold code; every other one is erased, or, like an enum, compiled by value. */
const CARRIERS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSExportAssignment',
]);

/** Whether a node leaves no code behind that could be traced. */
export function isErased(node: t.Node): boolean {
  if (node.type.startsWith('TS'))
    return !CARRIERS.has(node.type) || ('declare' in node && node.declare === true);
  return ('declare' in node && node.declare === true) || node.type === 'TypeAnnotation';
}
