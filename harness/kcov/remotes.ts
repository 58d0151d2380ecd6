import { DeviceError, type ErrnoCode } from '../../src/abi/errno.ts';
import { KCOV_BUF_MAX_ENTRIES, type Section } from '../../src/abi/kcov.ts';
import { boot } from '../../src/boot.ts';
import { Descriptor } from './descriptor.ts';

interface Attached extends Section {
  descriptor: Descriptor;
  /** Whether the current run is traced for us, and not for somebody else. */
  ours: boolean;
}

/** Milliseconds after which it is looked again whether a child process has registered a section. */
const PROCESSES = 20;

/** Every remote section of the process and its children, for who wants to know all that a run has caused. */
export class Remotes {
  readonly #attached: Attached[] = [];
  readonly #newborn: boolean;
  #looked = Number.NEGATIVE_INFINITY;

  /** @param newborn trace sections that are registered during a run from their beginning, for who has one run only */
  constructor({ newborn = false } = {}) {
    this.#newborn = newborn;
  }

  /** Has all sections traced from nothing. */
  enable(mode: number): void {
    this.#attach();
    if (this.#newborn) boot().sections.traceNew(mode);
    for (const one of this.#attached) {
      one.descriptor.reset();
      // It may be enabled already, for a harness inside the code under test.
      one.ours = !refused('EBUSY', () => one.descriptor.enable(mode));
    }
  }

  /** @returns what was traced, by section; valid until the next `enable` */
  disable(): Attached[] {
    if (this.#newborn) boot().sections.traceNew(null);
    this.#attach();
    // One that came up during the run was enabled by itself, if it came up late enough.
    return this.#attached.filter((one) => one.ours && !refused('ENOENT', () => one.descriptor.disable()));
  }

  close(): void {
    for (const { descriptor } of this.#attached) descriptor.close();
    this.#attached.length = 0;
  }

  /** Runs before and after each execution, mostly for nothing. */
  #attach(): void {
    const { sections } = boot();
    const now = performance.now();
    if (now - this.#looked > PROCESSES) {
      this.#looked = now;
      sections.adopt();
    }
    if (sections.size === this.#attached.length) return;
    for (const section of sections.list()) {
      const { subsystem, id } = section;
      if (this.#attached.some((one) => one.subsystem === subsystem && one.id === id)) continue;
      this.#attached.push({
        ...section,
        descriptor: new Descriptor(KCOV_BUF_MAX_ENTRIES, section),
        ours: this.#newborn,
      });
    }
  }
}

function refused(code: ErrnoCode, call: () => void): boolean {
  try {
    call();
    return false;
  } catch (error) {
    if (error instanceof DeviceError && error.code === code) return true;
    throw error;
  }
}
