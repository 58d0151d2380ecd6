import type { types as t } from '@babel/core';
import { types } from '@babel/core';

/**
 * How control may leave a statement other than by falling through to the next one. After such a statement a new
 * basic block begins. Calls that throw are not counted: a block is reported as run once it is entered.
 */
const EXIT = 1; // return, throw, yield or await (a suspended generator may never resume)
const BREAK = 2;
const CONTINUE = 4;
const THROW = 8; // what may throw, and mostly does not: a block goes on behind it

interface Escapes {
  flags: number;
  labels: Set<string> | null;
}

const NONE: Escapes = { flags: 0, labels: null };

function merge(a: Escapes, b: Escapes): Escapes {
  if (b === NONE) return a;
  if (a === NONE) return b;
  const labels = a.labels && b.labels ? new Set([...a.labels, ...b.labels]) : (a.labels ?? b.labels);
  return { flags: a.flags | b.flags, labels };
}

const without = (e: Escapes, flags: number): Escapes =>
  e.flags & flags ? { flags: e.flags & ~flags, labels: e.labels } : e;

/** Remembers its answers, since every enclosing statement list asks again. */
export class EscapeAnalysis {
  readonly #known = new WeakMap<t.Node, Escapes>();

  /** Whether the statement after `node` needs a block of its own. */
  endsBlock(node: t.Node): boolean {
    const { flags, labels } = this.#of(node);
    return (flags & ~THROW) !== 0 || (labels !== null && labels.size > 0);
  }

  /** Whether `node` may throw: a call, a lookup, what runs over something or takes it apart. */
  mayThrow(node: t.Node): boolean {
    return (this.#of(node).flags & THROW) !== 0;
  }

  #of(node: t.Node): Escapes {
    let known = this.#known.get(node);
    if (known === undefined) {
      known = this.#own(node, this.#children(node));
      this.#known.set(node, known);
    }
    return known;
  }

  #children(node: t.Node): Escapes {
    if (types.isFunction(node) || types.isStaticBlock(node)) return NONE;
    let all = NONE;
    for (const key of types.VISITOR_KEYS[node.type] ?? []) {
      const child = (node as unknown as Record<string, unknown>)[key];
      // What a field's initializer does, it does when an instance is made.
      if (key === 'value' && (types.isClassProperty(node) || types.isClassPrivateProperty(node))) continue;
      if (Array.isArray(child)) for (const one of child) all = one ? merge(all, this.#of(one)) : all;
      else if (child) all = merge(all, this.#of(child as t.Node));
    }
    return all;
  }

  #own(node: t.Node, inner: Escapes): Escapes {
    switch (node.type) {
      case 'ReturnStatement':
      case 'ThrowStatement':
      case 'YieldExpression':
      case 'AwaitExpression':
        return merge(inner, { flags: EXIT, labels: null });
      case 'BreakStatement':
        return node.label ? { flags: 0, labels: new Set([node.label.name]) } : { flags: BREAK, labels: null };
      case 'ContinueStatement':
        return node.label
          ? { flags: 0, labels: new Set([node.label.name]) }
          : { flags: CONTINUE, labels: null };
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
      case 'TaggedTemplateExpression':
      case 'MemberExpression':
      case 'OptionalMemberExpression':
      case 'SpreadElement':
      case 'ArrayPattern':
      case 'ObjectPattern':
      case 'TemplateLiteral':
      case 'ClassDeclaration':
      case 'ClassExpression':
        return merge(inner, { flags: THROW, labels: null });
      case 'ForOfStatement':
        return merge(without(inner, BREAK | CONTINUE), {
          flags: node.await ? EXIT | THROW : THROW,
          labels: null,
        });
      case 'ForStatement':
      case 'ForInStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        return without(inner, BREAK | CONTINUE);
      case 'SwitchStatement':
        return without(inner, BREAK);
      case 'VariableDeclaration':
        return node.kind === 'await using' ? merge(inner, { flags: EXIT, labels: null }) : inner;
      case 'LabeledStatement': {
        if (!inner.labels?.has(node.label.name)) return inner;
        const labels = new Set(inner.labels);
        labels.delete(node.label.name);
        return { flags: inner.flags, labels };
      }
      default:
        return inner;
    }
  }
}
