/** Protections and flags of mmap(2). */
export const PROT_READ = 1;
export const PROT_WRITE = 2;
export const PROT_EXEC = 4;
export const MAP_SHARED = 1;

/** Bytes of a page; mapped sizes are rounded up to it. */
export const PAGE_SIZE = 4096;

export const roundPage = (bytes: number): number => Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
