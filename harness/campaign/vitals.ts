import { SITE_SIZE } from '../../src/abi/text.ts';
import { kldstat } from '../../src/ksyms/linker.ts';
import type { Progress } from '../engine/listener.ts';
import type { Disk } from './disk.ts';
import type { FromWorker } from './messages.ts';

/** How large the code under test is: files that are instrumented, and sites in them. The first file is the kernel. */
export function sizeOfCode(): { files: number; sites: number } {
  const [, ...files] = kldstat();
  const sites = files.reduce((sum, { size }) => sum + Math.ceil(size / SITE_SIZE), 0);
  return { files: files.length, sites };
}

/**
 * Megabytes that this process holds. Node's own way to ask ends the process where the target has closed one of the
 * standard descriptors.
 */
export function memoryOf(disk: Disk): number {
  const fd = disk.openSync('/proc/self/status', 'r');
  try {
    const bytes = Buffer.alloc(4096);
    const text = bytes.toString('latin1', 0, disk.readSync(fd, bytes, 0, bytes.length, 0));
    return Math.round(Number(/^VmRSS:\s*(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024);
  } finally {
    disk.closeSync(fd);
  }
}

/** @param memory megabytes that the process holds */
export function statsMessage(progress: Progress, memory: number): FromWorker {
  const { stats, stability } = progress;
  return {
    type: 'stats',
    executions: stats.runs,
    reached: progress.takeReached(),
    stability: stability.share,
    overflows: stats.overflows,
    ...sizeOfCode(),
    memory,
  };
}
