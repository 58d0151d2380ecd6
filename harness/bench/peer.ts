import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadAddon } from '../engine/addon.ts';
import { jazzerPackagePath } from '../engine/resolve.ts';

/**
 * Jazzer.js's own command line, with its own instrumentation, its own loop and its own addon. All that is ours is
 * that the addon loads where the system is older than the one that it was linked on.
 */
loadAddon();
await import(pathToFileURL(join(dirname(jazzerPackagePath('@jazzer.js/core')!), 'cli.js')).href);
