/** What a browser is given in the place of fuzz tests: it has no files of inputs. */
function refuse(): never {
  throw new Error(
    'kcovjs/vitest: fuzz tests run in Node; leave this file out of the projects whose tests run in a browser',
  );
}

export const fuzz: typeof refuse = new Proxy(refuse, { get: refuse });
export const FuzzedDataProvider: new () => unknown = class {
  constructor() {
    refuse();
  }
};
