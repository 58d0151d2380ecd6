// Holds the guard against Jazzer.js's detector: each case pollutes for real, asks both, and undoes what it can.
// Usage: node pollution-cases.mjs DIST; prints one line of JSON a case.
const dist = process.argv[2];
const { initDetectors, guardPollution } = await import(`${dist}/harness/engine/detectors.js`);
const { loadJazzer } = await import(`${dist}/harness/engine/jazzer.js`);
const { ROUND } = await import(`${dist}/harness/engine/pollution.js`);
const { requireFromCore, jazzerPackagePath } = await import(`${dist}/harness/engine/resolve.js`);
await initDetectors({ disableBugDetectors: ['command', 'path', 'remote', 'ssrf', 'proto'] });
const jazzer = loadJazzer();
const load = requireFromCore();
const file = jazzerPackagePath('@jazzer.js/bug-detectors').replace(
  /[^/]*$/,
  'internal/prototype-pollution.js',
);

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, ownKeys, setPrototypeOf, getPrototypeOf } =
  Reflect;
const add =
  (attributes, key = 'polluted') =>
  (p) =>
    defineProperty(p, key, { value: 1, configurable: true, ...attributes });
/** What has each prototype. */
const BASIC = { Object: {}, Array: [], String: '', Number: 42, Boolean: true, Function: () => {} };
/** Properties of each that nothing here needs. */
const HARMLESS = {
  Object: ['__lookupSetter__'],
  Array: ['copyWithin', 'lastIndexOf'],
  String: ['anchor', 'blink'],
  Number: ['toExponential'],
  Boolean: ['valueOf'],
  Function: ['name'],
};
const each = (names, f) => (p, name) => {
  for (const key of HARMLESS[name].slice(0, names)) f(p, key);
};

/** What is done to a prototype; `late` where the guard need not see it at once. */
const CASES = {
  assignment: (p) => {
    p.polluted = 1;
  },
  'assignment of undefined': (p) => {
    p.polluted = undefined;
  },
  'assignment of a number as the key': (p) => {
    p[3] = 1;
  },
  'assignment through an object': (_p, name) => {
    const key = '__proto__';
    BASIC[name][key].polluted = 1;
  },
  'an accessor that is enumerable': (p) => {
    p.__defineGetter__('polluted', () => 1);
  },
  'two additions': (p) => {
    p.a = 1;
    p.b = 2;
  },
  'a property that is not enumerable': { late: true, change: add({}) },
  'one that is frozen for good': { late: true, change: add({ configurable: false }, 'forever') },
  'an accessor that is not enumerable': {
    late: true,
    change: (p) => defineProperty(p, 'polluted', { get: () => 1, configurable: true }),
  },
  'a number as the key, not enumerable': {
    late: true,
    change: (p, name) => name !== 'Array' && add({}, '7')(p),
  },
  'a change of a value': each(1, (p, key) => defineProperty(p, key, { value: 'other', configurable: true })),
  'a change by assignment': each(1, (p, key) => {
    try {
      p[key] = 'other';
    } catch {}
  }),
  'a value that is not equal to itself': each(1, (p, key) => defineProperty(p, key, { value: Number.NaN })),
  'a property that becomes an accessor': each(1, (p, key) => defineProperty(p, key, { get: () => 'other' })),
  'an accessor that gives the same value': each(1, (p, key) => {
    const { value } = getOwnPropertyDescriptor(p, key);
    defineProperty(p, key, { get: () => value });
  }),
  'an accessor that throws': {
    late: true,
    change: each(1, (p, key) =>
      defineProperty(p, key, {
        get: () => {
          throw new Error('no');
        },
      }),
    ),
  },
  'a deletion': each(1, deleteProperty),
  'a deletion that is made good by assignment': each(1, (p, key) => {
    const { value } = p[key] === undefined ? {} : getOwnPropertyDescriptor(p, key);
    deleteProperty(p, key);
    p[key] = value;
  }),
  'another order': {
    late: true,
    change: (p) => {
      const before = getOwnPropertyDescriptor(p, 'constructor');
      deleteProperty(p, 'constructor');
      defineProperty(p, 'constructor', before);
    },
  },
  'two names exchanged': {
    late: true,
    change: each(2, (p, key) => {
      const before = getOwnPropertyDescriptor(p, key);
      deleteProperty(p, key);
      defineProperty(p, key, before);
    }),
  },
  'one name for another': {
    late: true,
    change: (p, name) => {
      const [key] = HARMLESS[name];
      const { value } = getOwnPropertyDescriptor(p, key);
      deleteProperty(p, key);
      defineProperty(p, 'polluted', { value, configurable: true });
    },
  },
  nothing: () => {},
  'a symbol': (p) => {
    p[Symbol('polluted')] = 1;
  },
  'an attribute': each(1, (p, key) => defineProperty(p, key, { enumerable: true })),
  'what is done and undone': (p) => {
    p.polluted = 1;
    delete p.polluted;
  },
  'another prototype of the prototype': (p, name) => name !== 'Object' && setPrototypeOf(p, { polluted: 1 }),
  'a proxy as its prototype': (p, name) =>
    name !== 'Object' &&
    setPrototypeOf(
      p,
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ),
};
/** Of single prototypes. */
const SPECIAL = [
  ['Object', '__proto__ that is a value', (p) => defineProperty(p, '__proto__', { value: 1 })],
  ['Object', '__proto__ that gives the same', (p) => defineProperty(p, '__proto__', { get: () => null })],
  [
    'Array',
    'an element that is pushed',
    (p) => {
      p.push(1);
    },
  ],
  [
    'Array',
    'a length',
    (p) => {
      p.length = 3;
    },
  ],
  [
    'Function',
    'a value that the detector does not come to',
    (p) => {
      const { call } = p;
      const other = function (...args) {
        return Reflect.apply(call, this, args);
      };
      defineProperty(p, 'call', { value: other });
    },
  ],
  ['Function', 'arguments that can be read', (p) => defineProperty(p, 'arguments', { value: 1 }), true],
  [
    'Function',
    'arguments that throw otherwise',
    (p) =>
      defineProperty(p, 'arguments', {
        get: () => {
          throw new Error('no');
        },
      }),
    true,
  ],
  ['Function', 'no arguments', (p) => deleteProperty(p, 'arguments'), true],
];

function freshDetector() {
  delete load.cache[load.resolve(file)];
  load(file);
  return jazzer.callbacks._afterEachCallbacks.pop();
}
const taken = () => jazzer.findings.clearFirstFinding()?.message ?? null;

function undo(p, before, parent) {
  for (const key of ownKeys(p)) if (!Object.hasOwn(before, key)) deleteProperty(p, key);
  for (const key of ownKeys(before)) {
    const now = getOwnPropertyDescriptor(p, key),
      was = before[key];
    if (!now || now.value !== was.value || now.get !== was.get || now.enumerable !== was.enumerable)
      defineProperty(p, key, was);
  }
  if (Array.isArray(p)) p.length = 0;
  if (getPrototypeOf(p) !== parent) setPrototypeOf(p, parent);
}

function compare(name, kind, change, late) {
  const p = globalThis[name].prototype;
  const list = [freshDetector()];
  const detector = list[0];
  const { guard } = guardPollution({
    callbacks: { _afterEachCallbacks: list },
    isReported: jazzer.isReported,
  });
  const clean = [];
  for (let i = 0; i <= ROUND; i++) {
    list[0]();
    clean.push(taken());
  }
  // Not at the beginning of a round.
  for (let i = 0; i < kind.length % ROUND; i++) list[0]();
  const before = Object.getOwnPropertyDescriptors(p),
    parent = getPrototypeOf(p);
  let theirs,
    ours = null,
    executions = 0,
    suspects = 0;
  try {
    change(p, name);
    detector();
    theirs = taken();
    while (ours === null && executions < ROUND) {
      list[0]();
      executions++;
      ours = taken();
    }
    suspects = guard.suspects;
  } finally {
    undo(p, before, parent);
  }
  return { name, kind, late, theirs, ours, executions, suspects, clean: clean.every((one) => one === null) };
}

const results = [];
for (const name of Object.keys(HARMLESS)) {
  for (const [kind, given] of Object.entries(CASES)) {
    const { change, late } = typeof given === 'function' ? { change: given, late: false } : given;
    results.push(compare(name, kind, change, late));
  }
}
for (const [name, kind, change, late = false] of SPECIAL) results.push(compare(name, kind, change, late));
for (const result of results) console.log(JSON.stringify(result));
process.exit();
