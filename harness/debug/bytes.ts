/** Bytes that are written one behind the other, little endian. */
export class ByteWriter {
  #bytes = new Uint8Array(1 << 12);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(...values: number[]): this {
    for (const value of values) {
      const at = this.#reserve(1);
      this.#view.setUint8(at, value);
    }
    return this;
  }

  u16(value: number): this {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u32(value: number): this {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  u64(value: bigint | number): this {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  /** Unsigned, in groups of seven bits. */
  uleb(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  /** Signed, in groups of seven bits. */
  sleb(value: number): this {
    let rest = value;
    for (;;) {
      const group = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && !(group & 0x40)) || (rest === -1 && group & 0x40)) return this.u8(group);
      this.u8(group | 0x80);
    }
  }

  /** A string with the NUL that ends it. */
  string(text: string): this {
    return this.bytes(Buffer.from(`${text.replaceAll('\0', '\u2400')}\0`));
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  align(to: number): this {
    return this.bytes(new Uint8Array(-this.#length & (to - 1)));
  }

  /** Writes a 32-bit word again, such as a length that is known only now. */
  patch32(at: number, value: number): this {
    this.#view.setUint32(at, value, true);
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
