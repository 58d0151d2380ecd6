import 'typescript';

/** A program of the size that symbolizers are measured on; nothing of it runs but what loading it runs. */
export function fuzz(): void {}
