import { types as t } from '@babel/core';
import { type Callbacks, count, tracePc } from './emit.ts';
import { EscapeAnalysis } from './escapes.ts';
import { isAnonymousFunction } from './names.ts';
import { NumberNames, type Numbers } from './numbers.ts';
import type { Role } from './operands.ts';
import {
  type Branch,
  type CounterNames,
  type Decision,
  type FunctionSites,
  type Site,
  SiteTable,
} from './sites.ts';
import { isErased } from './typescript.ts';

export interface RewriterOptions {
  tracePc: boolean;
  traceCmp: boolean;
  callbacks: Callbacks;
  /** Whether each entry of a block is counted, and each place where one resumes. */
  counters: boolean;
  /** Names that the file uses and that our variables must avoid. */
  taken: (name: string) => boolean;
  /** Names that the file uses without declaring them: reading one may run a getter. */
  isGlobal: (name: string) => boolean;
}

/** What happens at one kind of node; what comes back stands in its place. */
export type Rule<T extends t.Node> = (rewriter: Rewriter, node: T, parent: t.Node) => t.Node;

/** Rules by kind of node; kinds that are missing have nothing of their own. */
export type Rules = Record<string, Rule<t.Node>>;

/** Variables that hold operands between their evaluation and the comparison. */
interface Temps {
  depth: number;
  names: Set<string>;
}

interface FunctionContext {
  sites: FunctionSites;
  /** Null where no variable can be declared: in parameters and in field initializers. */
  temps: Temps | null;
  /** Names that hold numbers there. */
  numbers: Numbers | null;
  /** The block that is being visited; of a loop's head both that come to it. */
  from: readonly Site[];
  loop: number;
  isHead: boolean;
  isProgram: boolean;
  /** Whether what is visited may run before the program's first statement. */
  early: boolean;
}

/**
 * Walks a program once, depth first, and puts the callbacks in as its rules say (rules.ts). It has what the rules
 * work with: the current function, its sites and its variables.
 *
 * Sites are given out whatever is traced, so that a site's PC does not depend on the options.
 */
export class Rewriter {
  readonly table = new SiteTable();
  readonly options: RewriterOptions;
  readonly #rules: Rules;
  readonly #escapes = new EscapeAnalysis();
  readonly #numbers: NumberNames;
  readonly #quoted = new WeakSet<t.Node>();
  readonly #early = new WeakSet<Site>();
  #context!: FunctionContext;

  constructor(rules: Rules, program: t.Program, options: RewriterOptions) {
    this.#rules = rules;
    this.#numbers = new NumberNames(program);
    this.options = options;
  }

  /** Rewrites `node` and what is below it; what comes back stands in its place. */
  visit<T extends t.Node>(node: T, parent: t.Node): t.Node {
    if (isErased(node)) return node;
    const rule = this.#rules[node.type];
    return rule ? rule(this, node, parent) : this.children(node);
  }

  expression(node: t.Expression, parent: t.Node): t.Expression {
    return this.visit(node, parent) as t.Expression;
  }

  /** Visits every child but those under `except`. */
  children<T extends t.Node>(node: T, ...except: string[]): T {
    const fields = node as unknown as Record<string, unknown>;
    for (const key of t.VISITOR_KEYS[node.type] ?? []) {
      if (!except.includes(key)) this.child(fields, key, node);
    }
    return node;
  }

  child(fields: Record<string, unknown>, key: string, parent: t.Node): void {
    const child = fields[key];
    if (Array.isArray(child)) {
      for (let i = 0; i < child.length; i++) if (child[i]) child[i] = this.visit(child[i] as t.Node, parent);
    } else if (child) {
      fields[key] = this.visit(child as t.Node, parent);
    }
  }

  // Functions.

  addFunction(name: string, suspends = false): FunctionSites {
    const sites: FunctionSites = { name, suspends, sites: [] };
    this.table.functions.push(sites);
    return sites;
  }

  /** Runs `body` with `sites` as the current function; `node` is the function, or the program. */
  within<R>(sites: FunctionSites, node: t.Node | null, body: () => R): R {
    const outer = this.#context;
    const known = outer?.numbers ?? null;
    const numbers = node ? this.#numbers.of(node, known) : known;
    const isProgram = outer === undefined;
    const early = !isProgram && (outer.early || outer.isProgram);
    const from = outer?.from ?? [];
    this.#context = { sites, temps: null, numbers, from, loop: -1, isHead: false, isProgram, early };
    try {
      return body();
    } finally {
      this.#context = outer;
    }
  }

  /** Runs `body`, in which variables can be declared; answers with the declaration it needs, if any. */
  withTemps(body: () => void): t.Statement[] {
    const outer = this.#context.temps;
    const temps: Temps = { depth: 0, names: new Set() };
    this.#context.temps = temps;
    body();
    this.#context.temps = outer;
    if (temps.names.size === 0) return [];
    return [
      t.variableDeclaration(
        'var',
        [...temps.names].map((name) => t.variableDeclarator(t.identifier(name))),
      ),
    ];
  }

  /** Whether a variable can be declared here. */
  get hasTemps(): boolean {
    return this.#context.temps !== null;
  }

  /** A variable that nothing evaluated inside `deeper` uses. */
  temp(role: Role): t.Identifier {
    return this.#variable(`_${role}${this.#context.temps!.depth}`);
  }

  #variable(wanted: string): t.Identifier {
    const { names } = this.#context.temps!;
    let name = wanted;
    while (this.options.taken(name)) name = `_${name}`;
    names.add(name);
    return t.identifier(name);
  }

  /** Evaluates `body` while the current depth's variables are in use. */
  deeper<R>(body: () => R): R {
    const { temps } = this.#context;
    if (temps) temps.depth++;
    const result = body();
    if (temps) temps.depth--;
    return result;
  }

  /** Whether an expression here is plainly a number. */
  isNumber(node: t.Node): boolean {
    return this.#numbers.isNumber(node, this.#context.numbers);
  }

  // Text that stays.

  /** What V8 would quote in an error's message, with the links before it, must keep its text. */
  quote(node: t.Node): void {
    this.#quoted.add(node);
    if (t.isMemberExpression(node) || t.isOptionalMemberExpression(node)) this.quote(node.object);
    else if (t.isCallExpression(node) || t.isOptionalCallExpression(node) || t.isNewExpression(node))
      this.quote(node.callee);
    else if (node.type === 'ParenthesizedExpression' || /^TS\w+(Expression|Assertion)$/.test(node.type))
      this.quote((node as t.ParenthesizedExpression).expression);
  }

  isQuoted(node: t.Node): boolean {
    return this.#quoted.has(node);
  }

  // Sites.

  #site(kind: Site['kind'], node: t.Node, start: number, end: number): Site {
    const { line, column } = node.loc!.start;
    const { sites, from, loop, isHead } = this.#context;
    const place = { line, column };
    const around = { parent: from[0] ?? null, loop, isHead };
    const site: Site = { kind, place, start, end, links: [], offset: -1, ...around };
    (kind === 'resume' ? this.table.resumptions : sites.sites).push(site);
    if (this.#context.early) this.#early.add(site);
    return site;
  }

  /** A block that begins at `node`; entering it runs the text from `start` to `end`. */
  block(node: t.Node, start = node.start!, end = node.end!): Site {
    return this.#site('block', node, start, end);
  }

  /** All of the function that is being visited stands in its first block. */
  enter(site: Site): void {
    this.#context.from = [site];
  }

  /** What is visited from now on is the body of a function, which runs behind its first block's entry. */
  begin(): void {
    this.#context.early = false;
  }

  /** Visits what stands in a block. */
  inside<R>(site: Site, body: () => R): R {
    return this.#from([site], false, body);
  }

  /** Visits what stands in the head of a loop and is evaluated for each turn. */
  head(blocks: readonly Site[], body: () => void): void {
    this.#from(blocks, true, body);
  }

  #from<R>(blocks: readonly Site[], isHead: boolean, body: () => R): R {
    const context = this.#context;
    const outer = { from: context.from, isHead: context.isHead };
    Object.assign(context, { from: blocks, isHead });
    const result = body();
    Object.assign(context, outer);
    return result;
  }

  /** The blocks that come to what is being visited. */
  get here(): readonly Site[] {
    return this.#context.from;
  }

  /** Visits a loop. */
  looped<R>(node: t.Node, body: () => R): R {
    const context = this.#context;
    const outer = context.loop;
    if (outer === -1) context.loop = node.start!;
    const result = body();
    context.loop = outer;
    return result;
  }

  /** Tells what a block is entered after. */
  decide(
    site: Site,
    kind: Decision['kind'],
    { start, end }: Pick<t.Node, 'start' | 'end'>,
    more: Partial<Decision> = {},
  ): void {
    site.decision = { kind, start: start!, end: end!, from: this.here, ...more };
  }

  /** A call, by the name of what is called. */
  called(name: string, { end }: t.Node): void {
    const { from, loop, isHead } = this.#context;
    this.table.calls.push({ name, end: end!, loop, isHead, from });
  }

  comparison(node: t.Node): Site {
    return this.#site('cmp', node, node.start!, node.start!);
  }

  branch(type: Branch['type'], node: t.Node, arms: Branch['arms']): void {
    const { line, column } = node.loc!.start;
    this.table.branches.push({ type, place: { line, column }, arms });
  }

  // Rewriting.

  #tracePc(site: Site): t.Expression {
    const isInline = this.options.callbacks === 'inline' && this.hasTemps;
    return tracePc(
      site,
      isInline ? { buf: this.#variable('_buf').name, index: this.#variable('_index').name } : null,
    );
  }

  /**
   * Where a block goes on, should what stands before a variable of the same declaration not throw. None for functions
   * and classes, whose statement is counted with the whole declaration.
   */
  resumption({ init }: t.VariableDeclarator, { declarations }: t.VariableDeclaration): Site | null {
    if (!this.options.counters || !init || isAnonymousFunction(init)) return null;
    const before = declarations.slice(
      0,
      declarations.findIndex((one) => one.init === init),
    );
    const thrown = before.some((one) => this.#escapes.mayThrow(one) || this.#escapes.endsBlock(one));
    return thrown ? this.#site('resume', init, init.start!, init.end!) : null;
  }

  /**
   * The first operand of a chain, which may be evaluated more or less often than the block around it is entered: in the
   * head of a loop, in the test of a case, behind what throws.
   */
  firstOperand(node: t.Expression): Site | null {
    if (!this.options.counters) return null;
    return this.#site('resume', node, node.start!, node.end!);
  }

  /** What is done where a block is entered. */
  #entry(site: Site): t.Expression[] {
    const { tracePc, counters } = this.options;
    return [
      ...(tracePc && site.kind === 'block' ? [this.#tracePc(site)] : []),
      ...(counters ? [count(site, this.#counterNames, this.#early.has(site))] : []),
    ];
  }

  /** Names that nothing else in the file has. */
  get #counterNames(): CounterNames {
    const free = (name: string): string => (this.options.taken(name) ? free(`_${name}`) : name);
    this.table.counterNames ??= { table: free('_counters'), init: free('_initCounters') };
    return this.table.counterNames;
  }

  trace(site: Site): t.Statement[] {
    return this.#entry(site).map((one) => t.expressionStatement(one));
  }

  /** `expression  ->  (trace_pc, expression)` */
  traced(site: Site, expression: t.Expression): t.Expression {
    const entry = this.#entry(site);
    return entry.length > 0 ? t.sequenceExpression([...entry, expression]) : expression;
  }

  /**
   * The same where a function without a name would get that of its place, which a sequence takes from it:
   *
   *     f = () => {}  ->  f = (trace_pc, { 'f': () => {} }['f'])
   *
   * A key that is computed gives the name as well, but only when it runs, and V8's messages have the one that it
   * saw when it compiled. `__proto__` is a name like others only as a computed key.
   */
  tracedNamed(site: Site, expression: t.Expression, name: string | null): t.Expression {
    if (!isAnonymousFunction(expression)) return this.traced(site, expression);
    if (name === null || !(this.options.tracePc || this.options.counters)) return expression;
    const named = t.objectExpression([
      t.objectProperty(t.stringLiteral(name), expression, name === '__proto__'),
    ]);
    return this.traced(site, t.memberExpression(named, t.stringLiteral(name), true));
  }

  /** A list of statements that runs from its first to its end; a new block begins after each way out. */
  statements(list: t.Statement[], parent: t.Node, end: number): t.Statement[] {
    const result: t.Statement[] = [];
    const outer = this.here;
    let leaving: Pick<t.Node, 'start' | 'end'> | null = null;
    let thrown = false;
    for (const statement of list) {
      // What is visited is changed.
      const { start: from, end: to } = statement;
      const ends = this.#escapes.endsBlock(statement);
      const throws = this.options.counters && this.#escapes.mayThrow(statement);
      if (leaving !== null && runs(statement)) {
        const rest = this.block(statement, statement.start!, end);
        this.decide(rest, 'rest', leaving);
        result.push(...this.trace(rest));
        this.#context.from = [rest];
        leaving = null;
        thrown = false;
      } else if (thrown && runs(statement)) {
        result.push(...this.trace(this.#site('resume', statement, from!, end)));
        thrown = false;
      }
      result.push(this.visit(statement, parent) as t.Statement);
      if (ends) leaving = { start: from, end: to };
      thrown ||= throws;
    }
    this.#context.from = outer;
    return result;
  }

  /** A statement under a condition or in a loop, as a block with a site of its own. */
  arm(statement: t.Statement, parent: t.Node): { site: Site; block: t.BlockStatement } {
    const inner = t.isBlockStatement(statement) ? statement.body : [statement];
    const site = this.block(inner[0] ?? statement, statement.start!, statement.end!);
    const body = this.inside(site, () => this.statements(inner, parent, statement.end!));
    if (!t.isBlockStatement(statement))
      return { site, block: t.blockStatement([...this.trace(site), ...body]) };
    statement.body = [...this.trace(site), ...body];
    return { site, block: statement };
  }
}

/** Whether a statement does something when control reaches it. */
function runs(statement: t.Statement): boolean {
  if (isErased(statement) || t.isFunctionDeclaration(statement) || t.isEmptyStatement(statement))
    return false;
  if (t.isImportDeclaration(statement) || t.isExportAllDeclaration(statement)) return false;
  if (t.isExportNamedDeclaration(statement))
    return statement.declaration ? runs(statement.declaration) : false;
  if (t.isExportDefaultDeclaration(statement)) return !t.isFunctionDeclaration(statement.declaration);
  return true;
}
