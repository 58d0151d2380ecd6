/** The parts of USB 2.0, chapters 9 and 11, that a host needs to find out what was plugged in. */

export const DEVICE = 1;
export const CONFIGURATION = 2;
export const INTERFACE = 4;
export const ENDPOINT = 5;
export const HID = 0x21;
export const HUB = 0x29;

export const CLASS_HID = 3;
export const CLASS_HUB = 9;

const ISOCHRONOUS = 1;

/** What a device says that makes no sense. The host leaves such a device alone. */
export class UsbError extends Error {
  name = 'UsbError';
}

/** @param {DataView} view @param {number} type @param {number} length */
function expectHeader(view, type, length) {
  if (view.byteLength < length) throw new UsbError('short descriptor');
  if (view.getUint8(0) < length) throw new UsbError('bLength too small');
  if (view.getUint8(1) !== type) throw new UsbError('unexpected bDescriptorType');
}

/** @param {DataView} view */
export function parseDevice(view) {
  expectHeader(view, DEVICE, 18);
  const maxPacketSize = view.getUint8(7);
  switch (maxPacketSize) {
    case 8:
    case 16:
    case 32:
    case 64:
      break;
    default:
      throw new UsbError('bad bMaxPacketSize0');
  }
  if (view.getUint8(17) === 0) throw new UsbError('no configuration');
  return { vendor: view.getUint16(8, true), product: view.getUint16(10, true) };
}

/**
 * A configuration with all that belongs to it.
 *
 * @param {DataView} view
 */
export function parseConfiguration(view) {
  expectHeader(view, CONFIGURATION, 9);
  const total = Math.min(view.getUint16(2, true), view.byteLength);
  const interfaces = [];
  for (let at = view.getUint8(0); at + 2 <= total; ) {
    const length = view.getUint8(at);
    if (length < 2 || at + length > total) throw new UsbError('descriptor beyond wTotalLength');
    const descriptor = new DataView(view.buffer, view.byteOffset + at, length);
    if (descriptor.getUint8(1) === INTERFACE) {
      expectHeader(descriptor, INTERFACE, 9);
      interfaces.push({ interfaceClass: descriptor.getUint8(5), endpoints: [], extra: [] });
    } else {
      addTo(interfaces.at(-1), descriptor);
    }
    at += length;
  }
  if (interfaces.length === 0) throw new UsbError('no interface');
  return { interfaces };
}

/** What follows an interface belongs to it. */
function addTo(iface, descriptor) {
  if (iface === undefined) return;
  if (descriptor.getUint8(1) === ENDPOINT) iface.endpoints.push(parseEndpoint(descriptor));
  else iface.extra.push(descriptor);
}

/**
 * An endpoint. One of an audio device is two bytes longer, and says at their end which other endpoint keeps it in
 * step. That an isochronous endpoint may be no longer than any other is the bug that this host has been given.
 */
function parseEndpoint(descriptor) {
  expectHeader(descriptor, ENDPOINT, 7);
  const endpoint = { address: descriptor.getUint8(2), attributes: descriptor.getUint8(3) };
  if ((endpoint.attributes & 3) === ISOCHRONOUS) endpoint.synchAddress = descriptor.getUint8(8);
  return endpoint;
}
