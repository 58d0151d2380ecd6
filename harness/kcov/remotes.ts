import { DeviceError } from '../../src/abi/errno.ts';
import { KCOV_BUF_MAX_ENTRIES, type Section } from '../../src/abi/kcov.ts';
import { boot } from '../../src/boot.ts';
import { Descriptor } from './descriptor.ts';

interface Attached extends Section {
  descriptor: Descriptor;
  /** Whether the current run is traced for us, and not for somebody else. */
  ours: boolean;
}

/** Every remote section of the process, for who wants to know all that a run has caused. */
export class Remotes {
  readonly #attached: Attached[] = [];

  /** Has all sections traced from nothing, and those that are registered meanwhile from their beginning. */
  enable(mode: number): void {
    this.#attach();
    boot().sections.traceNew(mode);
    for (const one of this.#attached) {
      one.descriptor.reset();
      one.ours = !busy(() => one.descriptor.enable(mode));
    }
  }

  /** @returns what was traced, by section; valid until the next `enable` */
  disable(): Attached[] {
    boot().sections.traceNew(null);
    this.#attach();
    const ours = this.#attached.filter((one) => one.ours);
    for (const one of ours) one.descriptor.disable();
    return ours;
  }

  close(): void {
    for (const { descriptor } of this.#attached) descriptor.close();
    this.#attached.length = 0;
  }

  /** Runs before and after each execution, mostly for nothing. */
  #attach(): void {
    const { sections } = boot();
    if (sections.size === this.#attached.length) return;
    for (const section of sections.list()) {
      const { subsystem, id } = section;
      if (this.#attached.some((one) => one.subsystem === subsystem && one.id === id)) continue;
      this.#attached.push({
        ...section,
        descriptor: new Descriptor(KCOV_BUF_MAX_ENTRIES, section),
        ours: true,
      });
    }
  }
}

/** Whether the section is enabled already, for a harness inside the code under test. */
function busy(enable: () => void): boolean {
  try {
    enable();
    return false;
  } catch (error) {
    if (error instanceof DeviceError && error.code === 'EBUSY') return true;
    throw error;
  }
}
