import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import {
  CHANNEL,
  type FromWorker,
  STOP,
  WORKER_VARIABLE,
  type WorkerRequest,
} from '../../harness/campaign/messages.ts';

export const WORKER = resolve(import.meta.dirname, '../../dist/harness/campaign/worker.js');

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'kcovjs-campaign-'));

/** A target in a folder of its own. */
export function target(source: string, name = 'target.cjs'): string {
  const path = join(emptyFolder(), name);
  writeFileSync(path, source);
  return path;
}

export type Message<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

export const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

/** Names of a folder's files, those that begin with a dot too. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());

/** Those whose names are not what is in them. */
export const torn = (folder: string): string[] =>
  filesIn(folder).filter((name) => sha1(readFileSync(join(folder, name))) !== name);

/** A worker as a campaign sees it. */
export class TestWorker {
  readonly request: WorkerRequest;
  readonly child: ChildProcess;
  readonly messages: FromWorker[] = [];
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  output = '';
  #rest = '';

  constructor(request: Partial<WorkerRequest> & Pick<WorkerRequest, 'target'>) {
    const folder = emptyFolder();
    this.request = {
      filter: {},
      engine: {},
      corpus: join(folder, 'corpus'),
      seeds: [],
      folder: join(folder, 'worker'),
      flags: ['-seed=1'],
      memory: 4000,
      keepGoing: true,
      ...request,
    };
    this.child = spawn(process.execPath, [WORKER], {
      cwd: folder,
      env: { ...process.env, [WORKER_VARIABLE]: JSON.stringify(this.request) },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    this.channel.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.channel.on('error', () => {});
  }

  get channel(): Socket {
    return this.child.stdio[CHANNEL] as Socket;
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.messages.push(JSON.parse(line) as FromWorker);
  }

  all<T extends FromWorker['type']>(type: T): Message<T>[] {
    return this.messages.filter((message): message is Message<T> => message.type === type);
  }

  /** PCs that it told of. */
  get reached(): number {
    return this.all('stats').reduce((sum, { reached }) => sum + reached.length, 0);
  }

  /** Waits for something to hold. @throws with what the worker said where it does not */
  async until(holds: () => boolean, ms = 60_000): Promise<void> {
    for (const end = Date.now() + ms; !holds(); ) {
      if (Date.now() > end || this.child.exitCode !== null || this.child.signalCode !== null) {
        if (holds()) return;
        throw new Error(
          `it never came: ${JSON.stringify(this.messages).slice(-2000)}\n${this.output.slice(-3000)}`,
        );
      }
      await later(20);
    }
  }

  async running(): Promise<this> {
    await this.until(() => this.all('stats').some(({ executions }) => executions > 0));
    return this;
  }

  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.channel.write(STOP);
    return this.ended;
  }

  kill(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}

const started: TestWorker[] = [];

export function startWorker(request: Partial<WorkerRequest> & Pick<WorkerRequest, 'target'>): TestWorker {
  const worker = new TestWorker(request);
  started.push(worker);
  return worker;
}

/** To be called after each test. */
export async function killAll(): Promise<void> {
  for (const worker of started.splice(0)) await worker.kill();
}
