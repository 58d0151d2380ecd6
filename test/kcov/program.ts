import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../cli/kcovjs.ts';

/** A folder with a program of its own, in which kcovjs is installed as it is for a user. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'kcovjs-project-'));

  constructor() {
    cpSync(join(ROOT, 'test/fixtures/threads'), this.folder, { recursive: true });
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(ROOT, join(this.folder, 'node_modules/kcovjs'));
  }

  /**
   * Runs a program in a process of its own, and answers with what its body returns. At hand are kcovjs, `kernel`,
   * what `prelude` defines, `attach` to a section, `places` of PCs, and the code of an error that is `caught`.
   */
  run(prelude: string, body: string, temporary = tmpdir()): unknown {
    const script = `
      import { once } from 'node:events';
      import * as kcovjs from 'kcovjs';
      import * as kernel from 'kcovjs/kernel';
      const { close, collect, ioctl, mmap, open, register, snapshot, Symbolizer } = kcovjs;
      const attach = (subsystem, id) => {
        const fd = open('/dev/kcov');
        ioctl(fd, kcovjs.KCOV_IOC_REMOTE_ATTACH, { subsystem, id });
        const words = new BigUint64Array(mmap(kcovjs.KCOV_BUF_MAX_ENTRIES * 8, 3, 1, fd, 0).buffer);
        return { fd, words, enable: () => ioctl(fd, kcovjs.KCOV_IOC_ENABLE, kcovjs.KCOV_MODE_TRACE_PC),
          disable: () => ioctl(fd, kcovjs.KCOV_IOC_DISABLE) };
      };
      const places = (pcs) => { const s = new Symbolizer(snapshot()); return pcs.map((pc) => {
        const f = s.lookup(pc); return f.symbol + ' ' + f.file.slice(${this.folder.length + 1}) + ':' + f.line; }); };
      const caught = (fn) => { try { fn(); return null; } catch (error) { return error.code ?? error.message; } };
      ${prelude}
      const value = await (async () => { ${body} })();
      const json = JSON.stringify(value ?? null, (_, v) => typeof v === 'bigint' ? Number(v) : v);
      process.stdout.write('\\n' + json, () => process.exit(0));
    `;
    writeFileSync(join(this.folder, 'program.mjs'), script);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], {
      cwd: this.folder,
      env: { ...process.env, TMPDIR: temporary },
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout.split('\n').at(-1)!);
  }
}
