import { existsSync } from 'node:fs';
import type { CoverageMap } from 'istanbul-lib-coverage';
import coverage from 'istanbul-lib-coverage';
import sourceMaps from 'istanbul-lib-source-maps';
import type { Rollup } from 'vite';
import {
  BaseCoverageProvider,
  type CoverageProvider,
  isCSSRequest,
  type ReportContext,
  type Vitest,
} from 'vitest/node';
import { compilerVersion } from '../../../src/loader/compiler-version.ts';
import { isOwn } from '../../../src/loader/filter.ts';
import { warn } from '../../../src/warn.ts';
import { type CountedFile, coverageOf } from './counted-file.ts';
import { CountedFiles } from './counted-files.ts';
import { addCounts, type Counts } from './counts.ts';
import { fileOf, instrumented, withoutQuery } from './instrument.ts';
import { checkReporters, heading, writeReports } from './reports.ts';
import { type ConfigModule, parseConfig } from './threshold-config.ts';

/** How vitest's own providers mark the request for a file that no test has loaded. */
const UNCOVERED = 'vitest-uncovered-coverage=true';

/**
 * What vitest's own providers do, with counters of blocks. vitest's base class has what they have in common: which
 * files, where reports go, thresholds, watching, merging.
 */
export class KcovCoverageProvider extends BaseCoverageProvider implements CoverageProvider {
  override readonly name = 'kcov' as never;
  readonly #files = new CountedFiles();
  /** What was compiled last. */
  #last: CountedFile | undefined;

  initialize(ctx: Vitest): void {
    this.version = ctx.version; // The base warns where they differ.
    this._initialize(ctx);
    checkReporters(this.options.reporter);
    // Vitest 5 takes it into the names of modules that it keeps.
    this.version = `${ctx.version}-${compilerVersion()}`;
  }

  /**
   * Part of the name of a module in the `fsModuleCache` of vitest 4. What an earlier process has compiled would be
   * counted by keys that are not known here, so each process has an answer of its own.
   */
  requiresTransform(id: string): boolean {
    return (this.#isCounted(id) && `kcov ${process.pid} ${performance.timeOrigin}`) as boolean;
  }

  onFileTransform(code: string, id: string, context: Rollup.TransformPluginContext) {
    if (!this.#isCounted(id)) return undefined;
    const file = fileOf(code, id, context);
    this.#files.add(context.environment, id, file);
    this.#last = file;
    return id.includes(UNCOVERED) ? undefined : instrumented(file);
  }

  /** What vitest 5 keeps beside a module in its `fsModuleCache`, */
  getModuleCacheData(environment: object, id: string): CountedFile | undefined {
    return this.#files.ofModule(environment, id);
  }

  /** and gives back where it takes the module from there. */
  restoreModuleCacheData(environment: object, id: string, file: CountedFile): void {
    this.#files.add(environment, id, file);
  }

  override createCoverageMap(): CoverageMap {
    return coverage.createCoverageMap({});
  }

  async generateCoverage({ allTestsRun }: ReportContext): Promise<CoverageMap> {
    const all = this.createCoverageMap();
    let counts = new Map<string, number[]>();
    await this.readCoverageFiles<Counts>({
      onFileRead: (more) => addCounts(counts, more),
      // Another project may have made other code of the same file.
      onFinished: async () => {
        all.merge(await this.#coverage(counts));
        counts = new Map();
      },
      onDebug: Object.assign(() => {}, { enabled: false }),
    });
    if (this.options.include != null && (allTestsRun || !this.options.cleanOnRerun))
      all.merge(await this.#uncovered(all.files()));
    all.filter((path) => existsSync(path) && this.#isWanted(path));
    return all;
  }

  override async generateReports(map: CoverageMap, allTestsRun: boolean | undefined): Promise<void> {
    if (this.hasTerminalReporter(this.options.reporter)) this.ctx.logger.log(heading(this.name));
    writeReports(map, this.options, this.ctx.config.root);
    if (this.options.thresholds) await this.reportThresholds(map, allTestsRun);
  }

  /** For thresholds that vitest raises in the configuration. */
  override parseConfigModule(path: string): Promise<ConfigModule> {
    return parseConfig(path, this.autoUpdateMarker);
  }

  /** Modules may have been loaded before coverage was switched on. */
  onEnabled(): void {
    for (const { vite } of this.ctx.projects)
      for (const { moduleGraph } of Object.values(vite.environments)) moduleGraph.invalidateAll();
  }

  #isCounted(id: string): boolean {
    const filename = withoutQuery(id);
    return !isCSSRequest(id) && !isOwn(filename) && this.isIncluded(filename);
  }

  #isWanted(path: string): boolean {
    // A file may have been compiled before it was known which ones have changed.
    if (this.changedFiles !== undefined && !this.changedFiles.includes(path)) return false;
    return !this.options.excludeAfterRemap || this.isIncluded(path);
  }

  async #coverage(counts: ReadonlyMap<string, readonly number[]>): Promise<CoverageMap> {
    const covered: [CountedFile, readonly number[]][] = [];
    for (const [key, counters] of counts) {
      const file = this.#files.withKey(key);
      if (file !== undefined) covered.push([file, counters]); // Else it has changed since.
    }
    return this.#original(covered);
  }

  async #uncovered(paths: string[]): Promise<CoverageMap> {
    const files = await this.#request(await this.getUntestedFiles(paths));
    return this.#original(files.map((file) => [file, []]));
  }

  /** Has vitest compile files that no test has loaded. */
  async #request(paths: readonly string[]): Promise<CountedFile[]> {
    const transform = this.createUncoveredFileTransformer(this.ctx);
    const files: CountedFile[] = [];
    for (const path of paths) {
      this.#last = undefined;
      // It must not have the code from a cache.
      await transform(`${path}?cache=${Date.now()}&${UNCOVERED}`).catch((error: Error) =>
        warn(`${path} is not in the coverage: ${error.message.split('\n')[0]}`),
      );
      if (this.#last !== undefined) files.push(this.#last);
    }
    return files;
  }

  /** Coverage in the files that a person wrote. */
  async #original(files: readonly (readonly [CountedFile, readonly number[]])[]): Promise<CoverageMap> {
    const map = this.createCoverageMap();
    for (const [file, counters] of files) {
      try {
        map.addFileCoverage(coverageOf(file, counters, this.options.ignoreClassMethods ?? []));
      } catch (error) {
        warn(`${file.filename} is not in the coverage: ${(error as Error).message.split('\n')[0]}`);
      }
    }
    return (await sourceMaps.createSourceMapStore({}).transformCoverage(map)) as CoverageMap;
  }
}
