import type { TargetRequest } from '../executor/executed.ts';
import type { Fault } from '../executor/fault.ts';

/** The variable of a worker's environment that holds its request. */
export const WORKER_VARIABLE = 'KCOVJS_WORKER';

/**
 * The descriptor on which a worker and its campaign talk: a socket, as `spawn` makes of 'pipe'. A worker ends soon
 * after the other end is closed.
 */
export const CHANNEL = 3;

/**
 * What a campaign writes to a worker to have it end in order: all that was found is moved and told of, then it sends
 * `leaving` and exits with 0, or kills itself where an execution that is waited for does not end. Between two
 * executions that is a matter of milliseconds. An endless loop of the target it cannot leave: libFuzzer's -timeout ends
 * that, or SIGKILL, which loses nothing that was told of. SIGTERM ends a worker at once. SIGINT, which a terminal sends
 * to all, does nothing.
 */
export const STOP = 'stop\n';

/** What a campaign tells a worker as it starts it, as JSON in its environment. */
export interface WorkerRequest extends TargetRequest {
  /** The folder that all workers share: new inputs are put there, those of others taken from there. */
  corpus: string;
  /** Further folders and files of inputs, which are only read. */
  seeds: readonly string[];
  /**
   * The worker's own folder, in the same file system if possible. `queue` in it is libFuzzer's, and what a killed
   * predecessor left there goes to the corpus at the start; `faults` has inputs of findings; `artifacts` what
   * libFuzzer wrote as it died: `crash-`, `timeout-` and `oom-` with the sha1 of the input, which need not be whole.
   */
  folder: string;
  /** libFuzzer's flags of the user. */
  flags: readonly string[];
  /** Megabytes at which it leaves by itself, to be started anew, before libFuzzer takes it for a finding. */
  memory: number;
  /** Whether it goes on after a finding that leaves its process alive. */
  keepGoing: boolean;
  /**
   * Whether each input is written to `current` in its folder before it runs, for after a death that left no artifact:
   * V8 out of memory, a fault of native code, SIGKILL. Costs some microseconds an execution.
   */
  journal?: boolean;
}

/**
 * What a worker tells its campaign: JSON lines on descriptor 3. A target that cannot be loaded, or is no target, is
 * told of by a note; the exit code is 2 then.
 */
export type FromWorker =
  /** The target is loaded: files that are instrumented, and sites in them. */
  | { type: 'ready'; files: number; sites: number }
  /** Now and then. Executions, overflows and such count from the start of the process. */
  | {
      type: 'stats';
      executions: number;
      /** PCs that it was first to reach since the last message, by their low halves. */
      reached: number[];
      stability: number;
      overflows: number;
      files: number;
      sites: number;
      /** Megabytes. */
      memory: number;
    }
  /** An input is in the shared corpus, whole. */
  | { type: 'input'; name: string; size: number }
  /** Something was found that it survived. `file`: the input, whole, in its own folder; the campaign deletes it. */
  | { type: 'fault'; fault: Fault; key: string; file: string }
  /** Found again since the last message; nothing was written. */
  | { type: 'again'; key: string; count: number }
  /** Something that the user should know, once: `/corpus: no space left on device: new inputs wait`. */
  | { type: 'note'; text: string }
  /**
   * Why its process is about to end, where it does so by itself: it holds too much memory; the target returns
   * promises (it is to be started with `engine.loop` 'async'); libFuzzer's flags ended it, or a finding where it does
   * not keep going; it was asked to; or the target has polluted prototypes that cannot be put right.
   */
  | { type: 'leaving'; why: LeavingReason };

export type LeavingReason = 'memory' | 'promises' | 'done' | 'asked' | 'polluted';
