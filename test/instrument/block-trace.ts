import { type AnyNode, type Node, type Program, parse } from 'acorn';

/**
 * Runs a program of the small language by walking its tree, and writes down each block that is entered. It stands
 * on docs/instrumentation.md, another parser and nothing of the compiler, so that the two can be held together.
 *
 * A block is entered
 * - where the program, a function, an arm of `if` or `?:`, the body of a loop, a case or a `catch` begins; an `if`
 *   that has no `else` enters one at its own place when it is passed by;
 * - where an operand of `&&`, `||`, `??` and their assignments or a default value is evaluated;
 * - at a statement that comes after one which need not go on to the next: that has a `return` or a `throw` in it,
 *   or a jump to somewhere outside of it. Declarations of functions and empty statements are not reached, so the
 *   block begins at what comes after them.
 */
export interface Walk {
  /** `function line:column` of each block, both counted from 1, in the order of entering. */
  blocks: string[];
  end: { thrown: unknown } | 'done';
}

/** The place of an arm, a body or a `catch` is that of its first statement; an empty one has its own. */
const firstOf = (node: AnyNode): AnyNode => (node.type === 'BlockStatement' ? (node.body[0] ?? node) : node);

class Jump {
  readonly word: 'break' | 'continue';
  readonly label: string | null;
  constructor(word: 'break' | 'continue', label: string | null) {
    this.word = word;
    this.label = label;
  }
}
class Return {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}
class Thrown {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

class Environment {
  readonly #values = new Map<string, unknown>();
  readonly #outer: Environment | null;
  constructor(outer: Environment | null) {
    this.#outer = outer;
  }
  declare(name: string, value: unknown): void {
    this.#values.set(name, value);
  }
  #holder(name: string): Environment {
    if (this.#values.has(name)) return this;
    if (this.#outer === null) throw new Error(`${name} has no value yet`);
    return this.#outer.#holder(name);
  }
  get(name: string): unknown {
    return this.#holder(name).#values.get(name);
  }
  set(name: string, value: unknown): void {
    this.#holder(name).#values.set(name, value);
  }
}

type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;
type Callable = (args: unknown[]) => unknown;

const isFunction = (node: AnyNode): node is FunctionNode => /Function/.test(node.type);
const isReached = ({ type }: AnyNode): boolean => type !== 'FunctionDeclaration' && type !== 'EmptyStatement';

/** @param fuel as the program's own; throws a value when it is used up */
export function walk(source: string, fuel: () => unknown): Walk {
  const program = parse(source, { ecmaVersion: 2023, locations: true });
  const walker = new Walker();
  const globals = new Environment(null);
  globals.declare('fuel', () => {
    try {
      return fuel();
    } catch (value) {
      throw new Thrown(value);
    }
  });
  try {
    walker.program(program, globals);
    return { blocks: walker.blocks, end: 'done' };
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    return { blocks: walker.blocks, end: { thrown: error.value } };
  }
}

class Walker {
  readonly blocks: string[] = [];
  #function = '<module>';

  #enter({ loc }: Node): void {
    this.blocks.push(`${this.#function} ${loc!.start.line}:${loc!.start.column + 1}`);
  }

  program(node: Program, globals: Environment): void {
    this.blocks.push('<module> 1:1');
    this.#list(node.body, new Environment(globals));
  }

  // Functions.

  #closure(node: FunctionNode, environment: Environment): Callable {
    return (args) => {
      const caller = this.#function;
      this.#function = ('id' in node && node.id?.name) || '<anonymous>';
      try {
        return this.#call(node, new Environment(environment), args);
      } finally {
        this.#function = caller;
      }
    };
  }

  #call(node: FunctionNode, environment: Environment, args: unknown[]): unknown {
    node.params.forEach((param, i) => {
      if (param.type === 'Identifier') {
        environment.declare(param.name, args[i]);
        return;
      }
      if (param.type !== 'AssignmentPattern' || param.left.type !== 'Identifier') throw unknown(param);
      const value = args[i] === undefined ? this.#block(param.right, environment) : args[i];
      environment.declare(param.left.name, value);
    });
    this.#enter(node);
    if (node.body.type !== 'BlockStatement') return this.#value(node.body, environment);
    try {
      this.#list(node.body.body, environment);
    } catch (signal) {
      if (signal instanceof Return) return signal.value;
      throw signal;
    }
    return undefined;
  }

  // Statements.

  #list(list: AnyNode[], environment: Environment): void {
    for (const one of list)
      if (one.type === 'FunctionDeclaration')
        environment.declare(one.id!.name, this.#closure(one, environment));
    let isNew = false;
    for (const one of list) {
      if (isNew && isReached(one)) {
        this.#enter(one);
        isNew = false;
      }
      this.#statement(one, environment, []);
      if (mayNotGoOn(one)) isNew = true;
    }
  }

  /** An arm, a body, a `catch`. */
  #arm(node: AnyNode, environment: Environment): void {
    this.#enter(firstOf(node));
    if (node.type === 'BlockStatement') this.#list(node.body, new Environment(environment));
    else this.#statement(node, environment, []);
  }

  #statement(node: AnyNode, environment: Environment, labels: string[]): void {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'EmptyStatement':
        return;
      case 'ExpressionStatement':
        this.#value(node.expression, environment);
        return;
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          if (id.type !== 'Identifier') throw unknown(id);
          environment.declare(id.name, init ? this.#value(init, environment) : undefined);
        }
        return;
      case 'BlockStatement':
        this.#list(node.body, new Environment(environment));
        return;
      case 'LabeledStatement':
        this.#labelled(node.body, environment, [...labels, node.label.name]);
        return;
      case 'IfStatement':
        if (this.#value(node.test, environment)) this.#arm(node.consequent, environment);
        else if (node.alternate) this.#arm(node.alternate, environment);
        else this.#enter(node);
        return;
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
      case 'ForOfStatement':
        this.#loop(node, new Environment(environment), labels);
        return;
      case 'SwitchStatement':
        this.#switch(node, environment);
        return;
      case 'TryStatement':
        this.#try(node, environment);
        return;
      case 'BreakStatement':
        throw new Jump('break', node.label?.name ?? null);
      case 'ContinueStatement':
        throw new Jump('continue', node.label?.name ?? null);
      case 'ReturnStatement':
        throw new Return(node.argument ? this.#value(node.argument, environment) : undefined);
      case 'ThrowStatement':
        throw new Thrown(this.#value(node.argument, environment));
      default:
        throw unknown(node);
    }
  }

  #labelled(body: AnyNode, environment: Environment, labels: string[]): void {
    try {
      this.#statement(body, environment, labels);
    } catch (signal) {
      if (!(signal instanceof Jump && signal.word === 'break' && labels.includes(signal.label!)))
        throw signal;
    }
  }

  #loop(
    node: Extract<
      AnyNode,
      { type: 'WhileStatement' | 'DoWhileStatement' | 'ForStatement' | 'ForOfStatement' }
    >,
    environment: Environment,
    labels: string[],
  ): void {
    /** One turn; whether the loop may go on. */
    const turn = (): boolean => {
      try {
        this.#arm(node.body, environment);
      } catch (signal) {
        if (!(signal instanceof Jump)) throw signal;
        if (signal.label !== null && !labels.includes(signal.label)) throw signal;
        return signal.word === 'continue';
      }
      return true;
    };
    const test = (): unknown =>
      !('test' in node && node.test) || this.#value(node.test as AnyNode, environment);
    switch (node.type) {
      case 'WhileStatement':
        while (test() && turn());
        return;
      case 'DoWhileStatement':
        while (turn() && test());
        return;
      case 'ForStatement':
        if (node.init) this.#statement(node.init as AnyNode, environment, []);
        for (; test() && turn(); ) if (node.update) this.#value(node.update, environment);
        return;
      case 'ForOfStatement': {
        const { left, right } = node;
        if (left.type !== 'VariableDeclaration') throw unknown(left);
        const { id } = left.declarations[0]!;
        if (id.type !== 'Identifier' || right.type !== 'ArrayExpression') throw unknown(node);
        for (const value of right.elements.map((one) => this.#value(one!, environment))) {
          environment.declare(id.name, value);
          if (!turn()) return;
        }
      }
    }
  }

  #switch(node: Extract<AnyNode, { type: 'SwitchStatement' }>, environment: Environment): void {
    const value = this.#value(node.discriminant, environment);
    const { cases } = node;
    let start = cases.findIndex(({ test }) => test && this.#value(test, environment) === value);
    if (start === -1) start = cases.findIndex(({ test }) => !test);
    if (start === -1) return;
    try {
      for (const one of cases.slice(start)) {
        this.#enter(one);
        this.#list(one.consequent, environment);
      }
    } catch (signal) {
      if (!(signal instanceof Jump && signal.word === 'break' && signal.label === null)) throw signal;
    }
  }

  #try(
    { block, handler, finalizer }: Extract<AnyNode, { type: 'TryStatement' }>,
    environment: Environment,
  ): void {
    try {
      try {
        this.#list(block.body, new Environment(environment));
      } catch (signal) {
        if (!handler || !(signal instanceof Thrown)) throw signal;
        const inner = new Environment(environment);
        if (handler.param?.type === 'Identifier') inner.declare(handler.param.name, signal.value);
        this.#arm(handler.body, inner);
      }
    } finally {
      if (finalizer) this.#list(finalizer.body, new Environment(environment));
    }
  }

  // Expressions.

  /** The value of an expression that is a block. */
  #block(node: AnyNode, environment: Environment): unknown {
    this.#enter(node);
    return this.#value(node, environment);
  }

  #value(node: AnyNode, environment: Environment): unknown {
    switch (node.type) {
      case 'Literal':
        return node.value;
      case 'Identifier':
        return environment.get(node.name);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#closure(node, environment);
      case 'CallExpression': {
        const callee = this.#value(node.callee, environment) as Callable;
        return callee(node.arguments.map((one) => this.#value(one, environment)));
      }
      case 'SequenceExpression':
        return node.expressions.map((one) => this.#value(one, environment)).at(-1);
      case 'ConditionalExpression':
        return this.#block(
          this.#value(node.test, environment) ? node.consequent : node.alternate,
          environment,
        );
      case 'UnaryExpression':
        if (node.operator !== '!') throw unknown(node);
        return !this.#value(node.argument, environment);
      case 'LogicalExpression': {
        const left = this.#value(node.left, environment);
        return goesOn(node.operator, left) ? this.#block(node.right, environment) : left;
      }
      case 'AssignmentExpression': {
        if (node.left.type !== 'Identifier') throw unknown(node.left);
        const { name } = node.left;
        const before = environment.get(name);
        const operator = node.operator.slice(0, -1);
        let value: unknown;
        if (operator === '') value = this.#value(node.right, environment);
        else if (operator === '+') value = binary('+', before, this.#value(node.right, environment));
        else if (goesOn(operator, before)) value = this.#block(node.right, environment);
        else return before;
        environment.set(name, value);
        return value;
      }
      case 'BinaryExpression': {
        const left = this.#value(node.left as AnyNode, environment);
        return binary(node.operator, left, this.#value(node.right, environment));
      }
      default:
        throw unknown(node);
    }
  }
}

const unknown = ({ type }: AnyNode): Error => new Error(`the small language has no ${type} here`);

function goesOn(operator: string, left: unknown): boolean {
  if (operator === '&&') return Boolean(left);
  if (operator === '||') return !left;
  if (operator === '??') return left === undefined || left === null;
  throw new Error(`the small language has no ${operator}`);
}

function binary(operator: string, a: unknown, b: unknown): unknown {
  const [x, y] = [a as number, b as number];
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '%':
      return x % y;
    case '<':
      return x < y;
    case '>=':
      return x >= y;
    case '===':
      return a === b;
    case '!==':
      return a !== b;
    default:
      throw new Error(`the small language has no ${operator}`);
  }
}

/** Where a jump inside of a statement would still stay in it. */
interface Catches {
  break: boolean;
  continue: boolean;
  labels: readonly string[];
}

/** Whether the text of a statement has a way past its end. What a call throws does not count. */
function mayNotGoOn(node: AnyNode, caught: Catches = { break: false, continue: false, labels: [] }): boolean {
  if (isFunction(node)) return false;
  let inside = caught;
  switch (node.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return true;
    case 'BreakStatement':
    case 'ContinueStatement': {
      if (node.label) return !caught.labels.includes(node.label.name);
      return !(node.type === 'BreakStatement' ? caught.break : caught.continue);
    }
    case 'LabeledStatement':
      inside = { ...caught, labels: [...caught.labels, node.label.name] };
      break;
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
    case 'ForOfStatement':
      inside = { ...caught, break: true, continue: true };
      break;
    case 'SwitchStatement':
      inside = { ...caught, break: true };
  }
  return Object.values(node)
    .flat()
    .some((child) => typeof child?.type === 'string' && mayNotGoOn(child as AnyNode, inside));
}
