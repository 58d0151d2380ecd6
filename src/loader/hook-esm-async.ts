import { register } from 'node:module';
import { MessageChannel } from 'node:worker_threads';
import type { LoaderOptions } from './loader.ts';

/**
 * `module.register`, for versions of Node that have no synchronous hooks: ES modules are compiled in a thread of
 * Node's own. What they tell the kernel about themselves travels in their code, so nothing need be sent back.
 *
 * @returns stops the compiling; Node has no way to take the hooks themselves back
 */
export function hookModulesAsync(options: LoaderOptions): () => void {
  const { port1, port2 } = new MessageChannel();
  const url = new URL('./hook-esm-thread.js', import.meta.url);
  register(url.href, { data: { options, port: port2 }, transferList: [port2] });
  port1.unref();
  return () => {
    port1.postMessage('disable');
    port1.close();
  };
}
