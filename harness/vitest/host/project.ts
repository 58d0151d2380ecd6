/** Arguments of vitest that say which configuration is meant, as JSON: those who load the test need it too. */
export const CONFIG_VARIABLE = 'KCOVJS_VITEST';

/** Of vitest's options those that say which project is meant. */
export interface ProjectOptions {
  root?: string;
  config?: string;
  dir?: string;
  mode?: string;
  project?: string[];
}

export function projectOptions(): ProjectOptions {
  const value = process.env[CONFIG_VARIABLE];
  return value === undefined ? {} : (JSON.parse(value) as ProjectOptions);
}
