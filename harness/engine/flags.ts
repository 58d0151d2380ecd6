/** The last value of a flag, which is the one that counts for libFuzzer. */
export function flag(flags: readonly string[], name: string): string | undefined {
  return flags.findLast((one) => one.startsWith(`-${name}=`))?.slice(name.length + 2);
}
