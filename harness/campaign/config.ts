import { readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { UsageError } from '../usage.ts';

const text = z.string().min(1);
const list = z.array(text);
const pattern = text.refine(isPattern, { error: 'no regular expression' });

const target = z
  .strictObject({
    target: text.describe('path of the module that exports fuzz(data)'),
    corpus: text.describe('folder that its workers share; new inputs go there'),
    name: text.optional().describe('what it is called; its path by default'),
    seeds: list.optional().describe('further folders and files of inputs, which are only read'),
    includes: list.optional().describe("instrument files with this in their path; '*' for all"),
    excludes: list.optional().describe('leave files with this in their path alone'),
    fuzzEntryPoint: text.optional(),
    customHooks: list.optional(),
    disableBugDetectors: z.array(pattern).optional(),
    loop: z.enum(['auto', 'sync', 'async']).optional(),
    timeout: z.int().positive().optional().describe('milliseconds that one run may take'),
    maxTime: z.int().positive().optional().describe('seconds that its workers may take together'),
    weight: z.number().positive().max(1000).optional().describe('of the time of all targets; 1 by default'),
    flags: z.array(z.string().startsWith('-')).optional().describe("libFuzzer's flags"),
  })
  .describe('one target');

const config = z.strictObject({
  $schema: z.string().optional(),
  workers: z
    .int()
    .positive()
    .max(1024)
    .optional()
    .describe('processes at a time; one for each core by default'),
  maxTotalTime: z.int().positive().optional().describe('seconds; until Ctrl-C by default'),
  keepGoing: z.boolean().optional().describe('whether findings do not end it; true by default'),
  prometheus: z.int().min(0).max(65535).optional().describe('port on loopback for metrics; 0 for any'),
  targets: z.array(target).min(1),
});

/** A folder has one campaign, and in it one target. */
function checkDistinct(path: string, { targets }: CampaignConfig): void {
  for (const field of ['corpus', 'name'] as const)
    for (const [i, one] of targets.entries()) {
      const first = targets.findIndex((other) => other[field] === one[field]);
      if (first < i)
        throw new UsageError(
          `${path}: targets[${i}].${field}: targets[${first}] has it too; give each its own`,
        );
    }
}

/** What `kcovjs campaign` reads. */
export type CampaignConfig = z.infer<typeof config>;
export type TargetConfig = z.infer<typeof target>;

/** The JSON Schema of a configuration. */
export const configSchema = (): object => z.toJSONSchema(config);

/**
 * @param path of a file of JSON, or of a module whose default export is the configuration
 * @returns with its paths made absolute: in the file they are relative to it
 * @throws {UsageError} that names the file and each field that is wrong
 */
export async function readConfig(path: string): Promise<CampaignConfig> {
  const { success, data, error } = config.safeParse(await load(path));
  if (!success) throw new UsageError(`${path}: ${error.issues.map(describe).join('; ')}`);
  const from = (file: string): string => resolve(dirname(path), file);
  const whole: CampaignConfig = {
    ...data,
    targets: data.targets.map((one) => ({
      ...one,
      name: one.name ?? one.target,
      target: from(one.target),
      corpus: from(one.corpus),
      ...(one.seeds && { seeds: one.seeds.map(from) }),
      ...(one.customHooks && { customHooks: one.customHooks.map(from) }),
    })),
  };
  checkDistinct(path, whole);
  return whole;
}

async function load(path: string): Promise<unknown> {
  try {
    if (extname(path) === '.json') return JSON.parse(readFileSync(path, 'utf8'));
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ERR_MODULE_NOT_FOUND')
      throw new UsageError(`${path}: no such file; give the path of a campaign's configuration`);
    throw new UsageError(`${path}: cannot be read: ${message.split('\n')[0]}`);
  }
}

/** `targets[1].weight: too small: expected number to be >0`. */
function describe({ path, message }: z.core.$ZodIssue): string {
  const place = path.map((one) => (typeof one === 'number' ? `[${one}]` : `.${String(one)}`)).join('');
  const text = message.replace(/^Invalid input: /, '');
  return `${place.replace(/^\./, '') || 'the configuration'}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
