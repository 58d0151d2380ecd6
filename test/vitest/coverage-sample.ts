/** A project with what makes coverage hard: types, JSX, an alias, comments that leave code out, an import cycle. */
export const SAMPLE: Readonly<Record<string, string>> = {
  'vitest.config.mjs': `
import { fileURLToPath } from 'node:url';
export default {
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  test: { coverage: { include: ['src/**/*.{ts,tsx}'], exclude: ['**/*.test.ts'] } },
};`,
  'src/shape.ts': `export interface Shape { kind: 'circle' | 'square'; size: number }
export enum Unit { Meter, Foot }
export function area(shape: Shape, unit: Unit = Unit.Meter): number {
  const { kind, size } = shape, factor = unit === Unit.Foot ? 0.3048 : 1;
  check(size);
  if (kind === 'circle') return Math.PI * size * size * factor;
  else if (kind === 'square') {
    return size * size * factor;
  }
  throw new Error(\`unknown \${kind}\`);
}
function check(size: number): void {
  if (size < 0) throw new RangeError('negative');
}
export class Box<T> {
  static made = 0;
  #value: T | undefined = undefined;
  constructor(private readonly initial?: T) {
    Box.made++;
    this.#value = this.initial ?? undefined;
  }
  get value(): T { return this.#value!; }
  /* istanbul ignore next -- @preserve */
  unused(): void { console.log('never'); }
}
export const later = async (n: number) => { await null; check(n); return n || 5; };
/* istanbul ignore if -- @preserve */
if (Box.made > 5) { console.log('no'); } else { Box.made; }
/* istanbul ignore start */
export function left(): number { return 1; }
/* istanbul ignore stop */
export function taken(): number { return 2; }
/* v8 ignore next */
export function other(): number { return 3; }
`,
  'src/view.tsx': `/** @jsxRuntime classic @jsx h */
import { area } from '@/shape';
const h = (tag: string, props: unknown, ...kids: unknown[]) => ({ tag, props, kids });
export const view = (size: number) => (
  <div title="a">{size > 2 && <b>{area({ kind: 'square', size })}</b>}</div>
);
`,
  'src/even.ts': `import { odd } from './odd';
export function even(n: number): boolean {
  return n === 0 || odd(n - 1);
}
`,
  // It runs while even.ts has not.
  'src/odd.ts': `import { even } from './even';
export function odd(n: number): boolean {
  return n !== 0 && even(n - 1);
}
export const early = odd(1);
`,
  'src/unused.ts': 'export function never(a: number): number { return a > 1 ? a : 2; }\n',
  'src/shape.test.ts': `import { expect, test } from 'vitest';
import { area, Box, later, Unit } from '@/shape';
test('areas', async () => {
  expect(area({ kind: 'square', size: 2 })).toBe(4);
  expect(() => area({ kind: 'square', size: -2 }, Unit.Foot)).toThrow('negative');
  expect(new Box(3).value).toBe(3);
  await expect(later(-1)).rejects.toThrow();
});
`,
  'src/view.test.ts': `import { expect, test } from 'vitest';
import { even } from '@/even';
import { view } from '@/view';
test('views', () => {
  expect(view(1).tag).toMatchInlineSnapshot(\`"div"\`);
  expect(even(4)).toBe(true);
});
`,
};
