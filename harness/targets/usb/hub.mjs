import { parentPort } from 'node:worker_threads';
import { KCOV_REMOTE_VHCI, kcovRemoteEnter, kcovRemoteLeave, kcovRemoteRegister } from 'kcovjs/kernel';
import { parseConfiguration, parseDevice, UsbError } from './descriptors.mjs';
import { attach } from './drivers.mjs';

/**
 * The thread of the root hub. Whatever is plugged into the port is explored here and not where it was plugged in,
 * so that only the port's remote section tells the one who plugged it in what it caused.
 */
const PORT = 1;
const DEVICE_LENGTH = 18;

kcovRemoteRegister(KCOV_REMOTE_VHCI, PORT);

/** @param {Uint8Array} bytes what the device answers when it is asked for its descriptors, in that order */
function explore(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { vendor, product } = parseDevice(view);
  const rest = new DataView(bytes.buffer, bytes.byteOffset + DEVICE_LENGTH, bytes.byteLength - DEVICE_LENGTH);
  const { interfaces } = parseConfiguration(rest);
  return { vendor, product, drivers: interfaces.map(attach) };
}

parentPort.on('message', (bytes) => {
  kcovRemoteEnter(KCOV_REMOTE_VHCI, PORT);
  let answer;
  try {
    answer = { device: explore(bytes) };
  } catch (error) {
    answer = error instanceof UsbError ? { refused: error.message } : { panic: error };
  } finally {
    kcovRemoteLeave(KCOV_REMOTE_VHCI, PORT);
  }
  parentPort.postMessage(answer);
});

parentPort.postMessage('ready');
