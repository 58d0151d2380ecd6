/**
 * How code under test is compiled ahead of time, by Babel's command line or by a bundler, instead of by the
 * loader as it loads. In a project of your own the first plugin is `kcovjs/babel`.
 */
export default function config(api) {
  api.cache.forever();
  return {
    plugins: [['./dist/src/instrument/plugin.js', { coverage: ['trace-pc', 'trace-cmp'] }]],
    overrides: [
      { test: /\.[cm]?ts$/, plugins: [['@babel/plugin-transform-typescript', { allowDeclareFields: true }]] },
    ],
  };
}
