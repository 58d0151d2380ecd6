/** Jazzer.js's own, as it is: reading an input as values takes neither the fuzzer nor its native addon. */
export { FuzzedDataProvider } from '@jazzer.js/core/dist/FuzzedDataProvider.js';
