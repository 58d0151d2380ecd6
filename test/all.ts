/** Whether the long tests run too, which CI has no time for: `KCOVJS_TESTS=all npx vitest run`. */
export const ALL = process.env['KCOVJS_TESTS'] === 'all';
