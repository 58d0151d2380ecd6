/**
 * The kernel's text: where code under test lies in the address space.
 *
 * Every place that traces (a site) takes SITE_SIZE bytes, as if a five-byte call stood there. A PC is what
 * that call would push: the address after it. So `pc`, `pc - 1` and `pc - 5` lie in one site and symbolize
 * alike, whichever of them a tool looks up.
 *
 * All addresses lie in the top 2 GiB, so the high half of each is all ones and the low half, read as a signed
 * 32-bit integer, is negative: instrumented code carries only that low half.
 */

/** First address of kernel text. */
export const KERNBASE = 0xffffffff80000000n;
/** Bytes of kernel text. */
export const TEXT_SIZE = 0x80000000;
/** High half of every address in kernel text, as a signed 32-bit word. */
export const TEXT_HIGH = -1;

/** Bytes that one site takes. */
export const SITE_SIZE = 8;
/** Bytes from a site's start to the PC it reports. */
export const CALL_SIZE = 5;
/** Modules start at a multiple of this many bytes, so that one page belongs to one module. */
export const MODULE_ALIGN = 256;

/** Bytes at the start of kernel text that the kernel itself takes: one slot for each trace callback. */
export const KERNEL_TEXT_SIZE = MODULE_ALIGN;

/** Low half, as instrumented code carries it, of the PC of the site at `offset` bytes into kernel text. */
export const pcLow = (offset: number): number => (offset + CALL_SIZE - TEXT_SIZE) | 0;

/** Offset into kernel text of an address given by its low half. */
export const textOffset = (low: number): number => (low & 0x7fffffff) >>> 0;

/** The 64-bit address that the low half `low` stands for. */
export const address = (low: number): bigint => KERNBASE + BigInt(textOffset(low));
