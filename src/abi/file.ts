/** What a device gives to whoever opened it; the table of descriptors calls these. */
export interface DeviceFile {
  /** @throws {DeviceError} ENOTTY or EINVAL for a request that the device does not know */
  ioctl(request: number, arg: unknown): number | bigint | undefined;
  mmap(length: number, prot: number, flags: number, offset: number): Uint8Array;
  /** An area is let go, perhaps after the file was closed. */
  munmap?(area: Uint8Array): void;
  /** @param position bytes from the start; where it is left out the file's own position is used and advanced */
  read(into: Uint8Array, position: number | undefined): number;
  close(): void;
}
