import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The host stack's hub thread. It says when its port is there. */
const hub = new Worker(new URL('./usb/hub.mjs', import.meta.url));
await once(hub, 'message');
hub.unref();

/**
 * A small USB host stack. The input is a device, that is, the descriptors that it answers with; it is plugged in
 * here, and explored in the thread of the hub. What is executed there is seen through a remote section, as
 * NetBSD's VHCI shows a fuzzer the kernel's hub thread.
 */
export async function fuzz(data: Buffer): Promise<void> {
  hub.ref();
  hub.postMessage(new Uint8Array(data));
  const [{ panic }] = (await once(hub, 'message')) as [{ panic?: Error }];
  hub.unref();
  if (panic !== undefined) throw panic;
}
