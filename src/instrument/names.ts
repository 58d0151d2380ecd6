import { types as t } from '@babel/core';

/** Names of functions as a stack trace would show them. */

/** A property's key as text; null where only the running program knows it. */
export function keyName(node: { key: t.Node; computed?: boolean | null }): string | null {
  const { key } = node;
  if (t.isPrivateName(key)) return `#${key.id.name}`;
  if (t.isIdentifier(key) && !node.computed) return key.name;
  if (t.isStringLiteral(key) || t.isNumericLiteral(key)) return String(key.value);
  return null;
}

/** `exports.decode`, `Foo.prototype.bar` as `Foo.bar`; null for what is no plain chain of names. */
function targetName(node: t.Node): string | null {
  if (t.isIdentifier(node)) return node.name;
  if (t.isThisExpression(node)) return 'this';
  if (!t.isMemberExpression(node)) return null;
  const property = keyName({ key: node.property, computed: node.computed });
  if (property === null) return null;
  const object = targetName(node.object);
  if (object === null || object === 'this') return property;
  return property === 'prototype' ? object : `${object}.${property}`;
}

/** The name that its place gives to a function or class without one. */
export function placeName(parent: t.Node): string | null {
  switch (parent.type) {
    case 'VariableDeclarator':
      return targetName(parent.id);
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      return targetName(parent.left);
    case 'ObjectProperty':
    case 'ClassProperty':
    case 'ClassPrivateProperty':
    case 'ClassAccessorProperty':
      return keyName(parent);
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return null;
  }
}

/** A function's name; `owner` is the class around a method. */
export function functionName(node: t.Function, parent: t.Node, owner: string | null): string {
  if (t.isObjectMethod(node) || t.isClassMethod(node) || t.isClassPrivateMethod(node)) {
    const key = keyName(node) ?? '<computed>';
    const accessor = node.kind === 'get' || node.kind === 'set' ? `${node.kind} ` : '';
    return owner === null ? `${accessor}${key}` : `${accessor}${owner}.${key}`;
  }
  const own = 'id' in node && node.id ? node.id.name : null;
  return own ?? placeName(parent) ?? '<anonymous>';
}

export function className(node: t.Class, parent: t.Node): string {
  return node.id?.name ?? placeName(parent) ?? '<anonymous>';
}

/** Whether the language would name this expression after its place. */
export function isAnonymousFunction(node: t.Expression): boolean {
  if (t.isArrowFunctionExpression(node)) return true;
  return (t.isFunctionExpression(node) || t.isClassExpression(node)) && !node.id;
}

/** The name that the language gives, at run time, to an anonymous function at `parent`; null where it is computed. */
export function runtimeName(parent: t.Node): string | null {
  if (t.isAssignmentPattern(parent) || t.isAssignmentExpression(parent)) {
    return t.isIdentifier(parent.left) ? parent.left.name : null;
  }
  return t.isClassProperty(parent) || t.isClassPrivateProperty(parent) ? keyName(parent) : null;
}
