import { CLASS_HID, CLASS_HUB, HID, HUB, UsbError } from './descriptors.mjs';

const INTERRUPT = 3;

const hasInterrupt = ({ endpoints }) =>
  endpoints.some(({ address, attributes }) => address & 0x80 && (attributes & 3) === INTERRUPT);

/** A keyboard, a mouse. */
function attachHid(iface) {
  const hid = iface.extra.find((descriptor) => descriptor.getUint8(1) === HID);
  if (hid === undefined || hid.byteLength < 9) throw new UsbError('no HID descriptor');
  if (!hasInterrupt(iface)) throw new UsbError('no interrupt endpoint');
  return { driver: 'uhid', reportLength: hid.getUint16(7, true) };
}

/**
 * A hub. Behind the fixed part of its descriptor one bit for each port says whether what is plugged in there can be
 * removed.
 */
function attachHub(iface) {
  const hub = iface.extra.find((descriptor) => descriptor.getUint8(1) === HUB);
  if (hub === undefined || hub.byteLength < 8) throw new UsbError('no hub descriptor');
  if (!hasInterrupt(iface)) throw new UsbError('no status change endpoint');
  const count = hub.getUint8(2);
  if (hub.byteLength < 7 + (count >> 3) + 1) throw new UsbError('short hub descriptor');
  const ports = [];
  for (let port = 1; port <= count; port++) {
    const fixed = hub.getUint8(7 + (port >> 3)) & (1 << (port & 7));
    ports.push({ port, removable: fixed === 0 });
  }
  return { driver: 'uhub', ports };
}

/** The driver that wants the interface, or none. */
export function attach(iface) {
  switch (iface.interfaceClass) {
    case CLASS_HID:
      return attachHid(iface);
    case CLASS_HUB:
      return attachHub(iface);
    default:
      return { driver: 'ugen', endpoints: iface.endpoints };
  }
}
