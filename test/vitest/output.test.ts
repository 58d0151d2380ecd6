import { beforeAll, expect, test } from 'vitest';
import { project, vitest } from './project.ts';

const FAILURES = `import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { beforeEach, describe, expect } from 'vitest';
import { fuzz } from 'kcovjs/vitest';
import { parse } from './parser.ts';

fuzz('in the code under test', (data) => {
  parse(data.toString());
}, { corpus: 'seeds' });

fuzz.prop([fc.string(), fc.integer()])('values', (text, n) => {
  expect({ text, n: Math.min(n, 10) }).toEqual({ text, n });
}, { corpus: 'values' });

fuzz.prop([fc.nat(), fc.record({ a: fc.string() })])('the least values', (n, { a }) => {
  throw new RangeError('too large');
});

fuzz.prop([fc.nat()])('soft', (n) => {
  expect.soft(n).toBe(1);
});

fuzz.prop([fc.func(fc.nat())])('a function as value', (f) => {
  parse('x' + f());
});

fuzz('no error', () => {
  throw 'a string';
});

fuzz.prop([fc.nat()])('no error, by values', () => {
  throw { code: 7 };
});

fuzz('a cause', () => {
  throw new Error('outer', { cause: new RangeError('inner') });
});

fuzz.prop([fc.boolean()])('several', () => {
  throw new AggregateError([new Error('one'), new TypeError('two')]);
});

fuzz('later', async () => {
  await new Promise((resolve) => setTimeout(resolve, 1));
  parse('x');
});

fuzz('by callback', (data, done) => {
  setTimeout(() => done(new Error('called back')), 1);
});

fuzz('thrown beside a callback', async (data, done) => {
  parse('x');
});

fuzz('not waited for', (data) => {
  expect(Promise.resolve(data.length)).resolves.toBe(1);
});

fuzz.prop([fc.nat()])('one error that is frozen', (n) => {
  throw frozen;
}, { retry: 1 });
const frozen = Object.freeze(new Error('always the same'));

fuzz('hangs', () => new Promise(() => {}), 20);

describe('a hook', () => {
  beforeEach(() => {
    parse('x');
  });
  fuzz('after it', () => {});
});

describe('an input', () => {
  beforeEach(() => { rmSync('gone/input', { force: true }); });
  fuzz('that is gone when it is read', () => {}, { corpus: 'gone' });
});

fuzz.prop([fc.nat().map((n) => parse('x' + n))])('what makes values', () => {});
`;

const MISUSE = `import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzz } from 'kcovjs/vitest';

const refused = (what, declare) => {
  try {
    declare();
  } catch (error) {
    test(what, () => { throw error; });
  }
};
refused('no function', () => fuzz('a'));
refused('a typo', () => fuzz('a', () => {}, { maxtime: 3 }));
refused('a word that is none', () => fuzz('a', () => {}, { colour: 'red' }));
refused('fails', () => fuzz('a', () => {}, { fails: true }));
refused('options that are none', () => fuzz('a', () => {}, 'fast'));
refused('a negative time', () => fuzz('a', () => {}, { maxTime: -1 }));
refused('part of a second', () => fuzz('a', () => {}, { maxTime: 0.5 }));
refused('runs', () => fuzz('a', () => {}, { runs: '10' }));
refused('no length', () => fuzz('a', () => {}, { maxLength: 0 }));
refused('words of a dictionary', () => fuzz('a', () => {}, { dictionary: ['a', 3] }));
refused('no corpus', () => fuzz('a', () => {}, { corpus: [] }));
refused('one include', () => fuzz('a', () => {}, { includes: 'src/' }));
refused('options of prop', () => fuzz.prop([fc.nat()], { maxtime: 3 })('a', () => {}));
refused('no list', () => fuzz.prop(fc.nat())('a', () => {}));
refused('no arbitrary', () => fuzz.prop([fc.nat(), 3])('a', () => {}));

fuzz('a corpus that is not there', () => {}, { corpus: 'nowhere' });
fuzz('the same name', () => {});
fuzz('the same name', () => {});
fuzz('the same folder', () => {});
fuzz('the-same-folder', () => {});
describe('the same folder', () => { fuzz('within', () => {}); });
fuzz('the context as a callback', (data, context) => { context.expect(1).toBe(1); });
fuzz.prop([fc.integer().filter(() => false)])('a filter that refuses everything', () => {});
test('inside a test', () => { fuzz('a', () => {}); });
`;

const BROKEN = `import { fuzz } from 'kcovjs/vitest';
fuzz('a', () => {}, { maxtime: 3 });
`;

let output: string;
beforeAll(() => {
  const folder = project({
    'failures.test.ts': FAILURES,
    'misuse.test.ts': MISUSE,
    'broken.test.ts': BROKEN,
    'parser.ts': `export function parse(text: string): number {
  if (text.includes('x')) throw new SyntaxError('unexpected x');
  return text.length;
}
`,
    'seeds/one': 'a x',
    'gone/input': '',
    'values/two': '\u0003abcd\u0001\u0002\u0000',
  });
  output = vitest(folder).output.replaceAll(folder, '<folder>');
});

/** What vitest says of a failure, without where it stands among others, by the name of its test. */
function failures(file: string): string {
  const blocks = output.split(/^⎯+(?:\[\d+\/\d+\])?⎯*$|^⎯.*⎯$/m).map((block) => block.trim());
  return `${blocks.filter((block) => block.startsWith(`FAIL  ${file}`)).join('\n\n----\n\n')}\n`;
}

test('failures say what failed, on which values, and where', async () => {
  await expect(failures('failures.test.ts')).toMatchFileSnapshot('golden/failures.txt');
});

test('a mistake in a declaration is one line, at its line', async () => {
  await expect(failures('misuse.test.ts')).toMatchFileSnapshot('golden/misuse.txt');
  await expect(failures('broken.test.ts')).toMatchFileSnapshot('golden/broken.txt');
});

test('no frame is ours, or fast-check’s', () => {
  const frames = output.split('\n').filter((line) => line.startsWith(' ❯ ') && !line.includes('.test.ts ('));
  expect(frames.length).toBeGreaterThan(50);
  for (const frame of frames) expect(frame).toMatch(/(failures|misuse|broken)\.test\.ts:|parser\.ts:/);
});
