/** What the compiler tells the linker about one instrumented file: the shape of a kernel module. */

/** A function of the module. */
export interface FunctionSymbol {
  name: string;
  /** First byte, counted from the module's base. */
  offset: number;
  /** Bytes. */
  size: number;
}

/** The words that inputs of a module's code could have in them, each once. */
export interface Literals {
  literals: string[];
  numbers: number[];
}

export interface KernelModule extends Literals {
  /** Path of the file as it was loaded (the generated one where a person wrote another). */
  filename: string;
  /** First byte, counted from KERNBASE; a multiple of MODULE_ALIGN. */
  base: number;
  /** Bytes of text: SITE_SIZE for each site. */
  size: number;
  /** In the order of their addresses, without gaps: the first is the module's own top level. */
  symbols: FunctionSymbol[];
  /**
   * Where each site stands in the file that a person wrote, as a source map (version 3) in JSON whose generated
   * line is 1 and whose generated column is the byte offset from the module's base. `sources` are absolute paths.
   */
  lines: string;
}
