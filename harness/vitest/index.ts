import { describe, type TestAPI, type TestContext, type TestOptions, test } from 'vitest';
import { bytesSubject, type FuzzTestTarget, type RowTarget } from './bytes.ts';
import { Declaration } from './misuse.ts';
import { checked, type FuzzOptions, inOrder } from './options.ts';
import { checkArbitraries, type PropertyTarget, propertySubject } from './property.ts';
import type { Subject, Test } from './subject.ts';
import { type Describe, declare, plainly, type Setting } from './suite.ts';
import type { Arbitraries } from './values.ts';

export { FuzzedDataProvider } from '../engine/fuzzed-data-provider.ts';
export type { Done, FuzzTestTarget, RowTarget } from './bytes.ts';
export type { FuzzOptions } from './options.ts';
export type { PropertyTarget } from './property.ts';
export type { Arbitraries, Arbitrary } from './values.ts';

/** As of vitest's `test`: a function or a class stands for its name. */
export type FuzzTestName =
  | string
  | ((...args: never[]) => unknown)
  | (abstract new (
      ...args: never[]
    ) => unknown);

/** Declares a fuzz test; options, or a time-out, stand in front of the target or behind it, as for vitest's `test`. */
export interface Declare<Target> {
  (name: FuzzTestName, target: Target, options?: FuzzOptions | number): void;
  (name: FuzzTestName, options: FuzzOptions, target: Target): void;
}

/** Declares a fuzz test for each row, named as `test.each` names its tests. */
export interface Each<C> {
  /** Rows that are lists are taken apart. */
  <Row extends unknown[] | [unknown]>(rows: readonly Row[]): Declare<RowTarget<Row, C>>;
  <Row extends readonly unknown[]>(rows: readonly Row[]): Declare<RowTarget<Row, C>>;
  <Row>(rows: readonly Row[]): Declare<RowTarget<[Row], C>>;
  /** A table. */
  <Row extends object = Record<string, unknown>>(
    head: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Declare<RowTarget<[Row], C>>;
}

/** The same, as `test.for` has it: rows that are lists stay whole. */
export interface For<C> {
  <const Row>(rows: readonly Row[]): Declare<RowTarget<[Row], C>>;
  <Row extends object = Record<string, unknown>>(
    head: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Declare<RowTarget<[Row], C>>;
}

/**
 * Declares fuzz tests. What vitest's `test` has, this has too, but for `fails`: which inputs fail is what a fuzz test is
 * there to find out. `fuzz.with(test.extend(…))` is what `test.extend` is for tests.
 */
export interface Fuzz<C = TestContext> extends Declare<FuzzTestTarget<C>> {
  readonly skip: Fuzz<C>;
  readonly only: Fuzz<C>;
  readonly concurrent: Fuzz<C>;
  readonly sequential: Fuzz<C>;
  /** A target that is there already waits with it. */
  todo(name: FuzzTestName, ...later: readonly unknown[]): void;
  skipIf(condition: unknown): Fuzz<C>;
  runIf(condition: unknown): Fuzz<C>;
  readonly each: Each<C>;
  readonly for: For<C>;
  /** A target that is given values of fast-check's arbitraries, which the fuzzer's bytes stand for. */
  prop<V extends readonly unknown[]>(
    arbitraries: Arbitraries<V>,
    options?: FuzzOptions,
  ): Declare<PropertyTarget<V, C>>;
  /** The same with the fixtures of a test that vitest's `test.extend` has made. */
  with<E>(test: TestAPI<E>): Fuzz<TestContext & E>;
}

type Target = (...args: never[]) => unknown;
type SubjectOf = (target: Target, row: readonly unknown[]) => Subject;

/** What is called with a name, a target and options. */
function declaring(setting: Setting, subjectOf: SubjectOf, prepare?: (one: Declaration) => FuzzOptions) {
  return function fuzz(name: string, a: unknown, b: unknown): void {
    const declaration = new Declaration(name, fuzz);
    const before = prepare?.(declaration) ?? {};
    const { target, options } = inOrder<Target>(declaration, a, b);
    declare(setting, name, (row) => subjectOf(target, row), { ...before, ...options }, declaration);
  };
}

function fuzzOf(setting: Setting): Fuzz {
  const but = (options: TestOptions): Fuzz =>
    fuzzOf({ ...setting, options: { ...setting.options, ...options } });
  const rows = (describe: Describe) => declaring({ ...setting, describe }, bytesSubject);
  const members = {
    get skip() {
      return but({ skip: true });
    },
    get only() {
      return but({ only: true });
    },
    get concurrent() {
      return but({ concurrent: true });
    },
    get sequential() {
      return but({ concurrent: false });
    },
    todo: (name: string) => test.todo(name),
    skipIf: (condition: unknown) => but(condition ? { skip: true } : {}),
    runIf: (condition: unknown) => but(condition ? {} : { skip: true }),
    each: (...table: [never]) => rows(describe.each(...table) as unknown as Describe),
    for: (...table: [never]) => rows(describe.for(...table) as unknown as Describe),
    prop: (arbitraries: Arbitraries<readonly unknown[]>, options?: FuzzOptions) =>
      declaring(
        setting,
        (target) => propertySubject(arbitraries, target as never),
        (declaration) => {
          checkArbitraries(arbitraries, declaration);
          return checked(options, declaration);
        },
      ),
    with: (test: Test) => fuzzOf({ ...setting, test }),
  };
  return Object.defineProperties(
    declaring(setting, bytesSubject),
    Object.getOwnPropertyDescriptors(members),
  ) as unknown as Fuzz;
}

/** Fuzz tests: past inputs are tests of their own; `kcovjs vitest` looks for further ones. */
export const fuzz: Fuzz = fuzzOf({ test, options: {}, describe: plainly });
