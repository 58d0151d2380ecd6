/** How Node will run a file; undefined where Node finds out from the syntax. */
export type Format = 'commonjs' | 'module' | undefined;

export const isTypeScript = (filename: string): boolean => /\.[cm]?ts$/.test(filename);

/** TypeScript that runs as CommonJS is written with `import` all the same, mostly. */
function sourceType(filename: string, format: Format): 'module' | 'script' | 'unambiguous' {
  if (format === 'module') return 'module';
  return format === 'commonjs' && !isTypeScript(filename) ? 'script' : 'unambiguous';
}

/**
 * Babel's options for files under test, which are parsed alike when they load and when a report looks at them.
 *
 * @param typed whether the code has types
 */
export function parserOptions(filename: string, format: Format, typed = isTypeScript(filename)) {
  return {
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    filename,
    sourceType: sourceType(filename, format),
    parserOpts: {
      allowReturnOutsideFunction: format !== 'module',
      allowNewTargetOutsideFunction: format !== 'module',
      plugins: ['importAttributes', 'explicitResourceManagement', ...(typed ? ['typescript'] : [])],
    },
  } as const satisfies Record<string, unknown>;
}
