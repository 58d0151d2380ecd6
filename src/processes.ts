import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { panic } from './abi/errno.ts';
import type { Section } from './abi/kcov.ts';
import type { Peer, Peers } from './kcov/peers.ts';
import type { KldModule } from './ksyms/linker.ts';

/**
 * Processes share no memory in JavaScript, so what a child process has to tell its parent goes through a folder:
 *
 *     sections/SUBSYSTEM-ID/       a section that a child has registered
 *         owner                    the process that has registered it
 *         tracing                  what the parent has done: mode << 1 | enabled
 *         inside                   while a child works for it: its process id
 *         TIME-PID                 what was traced between enter and leave, in 32-bit words
 *     tracing                      the same for sections that are registered from now on
 *     modules/HASH                 what `kldload` was told in a child
 *
 * Every file is renamed into its place when it is whole. The name of the folder is inherited with the environment.
 */
export const KERNEL_VARIABLE = 'KCOVJS_KERNEL';

/** The folder in which a parent waits, or undefined where there is none. */
export const parentFolder = (): string | undefined => process.env[KERNEL_VARIABLE];

const prefixOf = (pid: number): string => `kcovjs-kernel-${pid}-`;

/** Removes what a process has left that had no time for it. */
export function forgetProcess(pid: number): void {
  for (const name of list(tmpdir()).filter((one) => one.startsWith(prefixOf(pid))))
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
}

/** Names a folder that is not there before it is needed, and goes with this process. */
export function becomeParent(): string {
  const folder = join(tmpdir(), `${prefixOf(process.pid)}${randomUUID()}`);
  process.env[KERNEL_VARIABLE] = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const sectionsOf = (folder: string): string => join(folder, 'sections');
const folderOf = (folder: string, { subsystem, id }: Section): string =>
  join(sectionsOf(folder), `${subsystem}-${id}`);

function put(path: string, content: string | Uint8Array): void {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, content);
  renameSync(partial, path);
}

/** What is in a folder, less what is not whole yet; nothing where there is no folder. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.endsWith('.partial'));
  } catch {
    return [];
  }
}

function readNumber(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return 0;
  }
}

/** The parent's view of its children. */
export class Children implements Peers {
  readonly #folder: string;
  readonly #modules = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  sections(): Section[] {
    return list(sectionsOf(this.#folder)).map((name) => {
      const [subsystem, id] = name.split('-');
      return { subsystem: BigInt(subsystem!), id: BigInt(id!) };
    });
  }

  peer(section: Section): Peer | null {
    const folder = folderOf(this.#folder, section);
    return existsSync(folder) ? new Child(folder) : null;
  }

  /** Once for each run of who traces everything, so it must not cost much: one digit in the place of another. */
  traceNew(tracing: number): void {
    const path = join(this.#folder, 'tracing');
    try {
      writeFileSync(path, `${tracing}`, { flag: 'r+' });
    } catch {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 }); // It is not there yet.
      put(path, `${tracing}`);
    }
  }

  /** Modules that children have loaded since the last call. */
  loaded(): KldModule[] {
    const folder = join(this.#folder, 'modules');
    const fresh = list(folder).filter((name) => !this.#modules.has(name));
    for (const name of fresh) this.#modules.add(name);
    return fresh.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as KldModule);
  }
}

/** The other end of a section for which children work. */
class Child implements Peer {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  trace(tracing: number): void {
    put(join(this.#folder, 'tracing'), `${tracing}`);
  }

  get tracing(): number {
    return readNumber(join(this.#folder, 'tracing'));
  }

  *received(): Generator<Int32Array> {
    // Times are of one clock for all processes.
    for (const name of list(this.#folder)
      .filter((one) => /^\d/.test(one))
      .sort()) {
      const path = join(this.#folder, name);
      const bytes = readFileSync(path);
      unlinkSync(path);
      yield new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    }
  }
}

/** A child's view of its parent. */
export class Parent {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws {KernelPanic} where a process of the family that is still there has registered the section */
  register(section: Section): void {
    const folder = folderOf(this.#folder, section);
    mkdirSync(sectionsOf(this.#folder), { recursive: true, mode: 0o700 });
    // It appears with all that it has.
    const partial = `${folder}.${process.pid}.partial`;
    mkdirSync(partial, { recursive: true });
    writeFileSync(join(partial, 'tracing'), `${readNumber(join(this.#folder, 'tracing'))}`);
    writeFileSync(join(partial, 'owner'), `${process.pid}`);
    try {
      // A folder that has something in it is not replaced.
      renameSync(partial, folder);
    } catch {
      rmSync(partial, { recursive: true, force: true });
      const owner = join(folder, 'owner');
      const pid = readNumber(owner);
      // Of this process's own threads its own table knows.
      if (pid === process.pid) return;
      if (isAlive(pid)) panic('kcov_remote_register: kr already exists');
      put(owner, `${process.pid}`); // The one that had it is gone; who is attached stays so.
    }
  }

  has(section: Section): boolean {
    return existsSync(folderOf(this.#folder, section));
  }

  /**
   * @returns in which mode the parent has it traced, as `mode << 1 | enabled`
   * @throws {KernelPanic} where another process is in the section
   */
  enter(section: Section): number {
    const folder = folderOf(this.#folder, section);
    const inside = join(folder, 'inside');
    if (!this.#lock(inside)) {
      if (isAlive(readNumber(inside))) panic('kernel diagnostic assertion "refs == 1" failed');
      unlinkSync(inside); // Its process is gone, and with it the LWP that was in here.
      if (!this.#lock(inside)) panic('kernel diagnostic assertion "refs == 1" failed');
    }
    return readNumber(join(folder, 'tracing'));
  }

  #lock(path: string): boolean {
    try {
      writeFileSync(path, `${process.pid}`, { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  }

  /** @param traced what was traced since `enter`, in 32-bit words */
  leave(section: Section, traced: Int32Array): void {
    const folder = folderOf(this.#folder, section);
    if (traced.length > 0) {
      const time = `${process.hrtime.bigint()}`.padStart(20, '0');
      put(join(folder, `${time}-${process.pid}`), new Uint8Array(new Int32Array(traced).buffer));
    }
    rmSync(join(folder, 'inside'), { force: true });
  }

  tellLoaded(module: KldModule): void {
    const [filename, base, size] = module;
    const folder = join(this.#folder, 'modules');
    const path = join(folder, createHash('sha256').update(`${base}/${size}/${filename}`).digest('hex'));
    if (existsSync(path)) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    put(path, JSON.stringify(module));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
