import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Fault, isDeadly } from '../executor/fault.ts';
import { inputName } from '../inputs.ts';
import { replaceFile } from '../outputs.ts';
import { isFuzzTest } from '../target.ts';
import { describeFinding } from './describe.ts';
import { type FindingRecord, readFindings, writeFinding } from './record.ts';
import { regressionTest } from './regression.ts';
import { slugOf, titleOf } from './title.ts';

/** Inputs that are kept of one finding, beside the smallest. */
const MAX_ORIGINALS = 10;
/** Messages of one place that are findings of their own. */
const MAX_MESSAGES = 3;

export interface NewFinding {
  fault: Fault;
  key: string;
  input: Uint8Array;
  /** Path of the target's module. */
  target: string;
  /** The command that runs an input, without the input. */
  command: readonly string[];
  reproduced: number;
  /** Milliseconds that a run may take. */
  timeout: number;
}

/** What is known better by now. */
interface Improved {
  input?: Uint8Array;
  reproduced?: number;
  decoded?: readonly string[];
  examined?: boolean;
}

/**
 * What was found, a folder each: `finding.json`, `input`, `originals/`, `README.txt` and, unless the target is a test
 * itself, `regression.test.ts`. A folder comes into being whole, and its files are replaced whole.
 */
export class FindingStore {
  readonly #folder: string;
  /** By their own keys, and by those of what is taken for the same. */
  readonly #byKey = new Map<string, FindingRecord>();
  readonly #changed = new Set<string>();

  /** @param folder is read, and made if need be */
  constructor(folder: string, warn: (line: string) => void) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const record of readFindings(folder, warn)) this.#byKey.set(record.key ?? record.folder, record);
  }

  get all(): readonly FindingRecord[] {
    return [...new Set(this.#byKey.values())];
  }

  get(key: string): FindingRecord | undefined {
    return this.#byKey.get(key);
  }

  /**
   * The finding that a fault belongs to: by its key; or since people would read the same title; or where one place has
   * thrown so many different messages already that they must hold what it has read.
   */
  find(key: string, fault: Fault): FindingRecord | undefined {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const { text } = titleOf(fault);
    const [place] = fault.error.stack;
    const near = this.all.filter(
      ({ kind, stack }) => kind === fault.kind && place !== undefined && stack[0] === place,
    );
    const same = this.all.find(({ title }) => title === text) ?? near[MAX_MESSAGES - 1];
    if (same !== undefined) this.#byKey.set(key, same);
    return same;
  }

  /** @throws errors of the file system; then nothing of it is there */
  add(found: NewFinding): FindingRecord {
    const { fault, input, key } = found;
    const title = titleOf(fault);
    const folder = join(this.#folder, slugOf({ ...title, key }));
    const now = new Date().toISOString();
    const record: FindingRecord = {
      version: 1,
      key,
      title: title.text,
      kind: fault.kind,
      target: found.target,
      folder,
      file: join(folder, 'input'),
      count: 1,
      reproduced: found.reproduced,
      firstSeen: now,
      lastSeen: now,
      stack: fault.error.stack,
      message: fault.error.message,
      inputs: [originalName(input)],
      command: [...found.command, join(folder, 'input'), ...lethal(fault, found.timeout)].join(' '),
    };
    this.#create(folder, record, input);
    this.#byKey.set(key, record);
    return record;
  }

  /** It was seen again. @param input is kept if there is room */
  seen(key: string, count: number, input?: Uint8Array): void {
    const record = this.#byKey.get(key);
    if (record === undefined) return;
    record.count += count;
    record.lastSeen = new Date().toISOString();
    this.#changed.add(key);
    if (input !== undefined) this.#keepOriginal(record, input);
  }

  /** A smaller input was found, or how often it fails. */
  update(key: string, { input, ...rest }: Improved): void {
    const record = this.#byKey.get(key);
    if (record === undefined) return;
    if (input !== undefined) replaceFile(record.file, input);
    Object.assign(record, rest);
    this.#write(key, record);
  }

  /** Writes what has changed since. */
  save(): void {
    for (const key of this.#changed) this.#write(key, this.#byKey.get(key)!);
  }

  #write(key: string, record: FindingRecord): void {
    writeFinding(record.folder, record);
    replaceFile(join(record.folder, 'README.txt'), describeFinding(record));
    this.#changed.delete(key);
  }

  #create(folder: string, record: FindingRecord, input: Uint8Array): void {
    const partial = join(this.#folder, `.${basename(folder)}.partial`);
    rmSync(partial, { recursive: true, force: true });
    try {
      mkdirSync(join(partial, 'originals'), { recursive: true });
      writeFileSync(join(partial, 'input'), input);
      writeFileSync(join(partial, originalName(input)), input);
      if (!isFuzzTest(record.target))
        writeFileSync(join(partial, 'regression.test.ts'), regressionTest(record));
      writeFileSync(join(partial, 'README.txt'), describeFinding(record));
      writeFinding(partial, record);
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      throw error;
    }
  }

  #keepOriginal(record: FindingRecord, input: Uint8Array): void {
    const name = originalName(input);
    if (record.inputs.includes(name) || record.inputs.length >= MAX_ORIGINALS) return;
    replaceFile(join(record.folder, name), input);
    record.inputs = [...record.inputs, name];
  }
}

/** What would end the process that runs it again, or never come back. */
const lethal = ({ kind }: Fault, timeout: number): string[] =>
  isDeadly(kind) ? ['--timeout', String(timeout)] : [];

const originalName = (input: Uint8Array): string => `originals/${inputName(input)}`;
