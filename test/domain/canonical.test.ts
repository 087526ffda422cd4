import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { canonical } from '../../src/domain/canonical.ts';

/** Another way to the same text: a tree rebuilt with its keys in order, written by `JSON.stringify`. */
const rebuilt = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(rebuilt);
  if (value === null || typeof value !== 'object') return value;
  const pairs = Object.keys(value)
    .sort()
    .map((key): [string, unknown] => [key, rebuilt(Reflect.get(value, key))]);
  return Object.fromEntries(pairs);
};

describe('canonical JSON', () => {
  it('writes every JSON value as JSON.stringify does with sorted keys', () => {
    // Keys that look like array indices are moved to the front by JavaScript itself, so the other way cannot sort them.
    const key = fc.string().map((text) => `k${text}`);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.dictionary(key, tie('tree')),
        fc.array(tie('tree')),
      ),
    }));
    const hasIndexKey = (value: unknown): boolean => /"\d+":/.test(JSON.stringify(value));
    fc.assert(
      fc.property(tree, (value) => {
        fc.pre(!hasIndexKey(value));
        expect(canonical(value)).toBe(JSON.stringify(rebuilt(value)));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the example of RFC 8785, section 3.2.2', () => {
    const numbers = '[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]';
    const text = String.raw`"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"`;
    const written = `{"numbers":${numbers},"string":${text},"literals":[null,true,false]}`;
    expect(canonical(JSON.parse(written))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('is the same before and after a trip over the wire', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonical(JSON.parse(JSON.stringify(value)))).toBe(canonical(value));
      }),
    );
  });

  it('does not depend on the order in which keys were written', () => {
    expect(canonical({ b: 1, a: { d: [2, 1], c: null } })).toBe('{"a":{"c":null,"d":[2,1]},"b":1}');
    expect(canonical({ '10': 0, '9': 0, é: 0, a: 0 })).toBe('{"10":0,"9":0,"a":0,"é":0}');
  });

  it('leaves out undefined properties, as JSON does', () => {
    expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it('keeps a hostile key as a key', () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    expect(canonical(value)).toBe('{"__proto__":{"a":1},"constructor":2}');
  });

  it.each([
    ['an undefined element', [undefined]],
    ['NaN', { a: Number.NaN }],
    ['Infinity', [Number.POSITIVE_INFINITY]],
    ['a bigint', [1n]],
    ['a function', { a: () => 1 }],
    ['a Date', { at: new Date(0) }],
    ['a Map', new Map([['a', 1]])],
    ['a hole', Array.from([1]).concat(new Array(1))],
  ])('refuses %s instead of writing something else', (_name, value) => {
    expect(() => canonical(value)).toThrow(/canonical JSON has no/);
  });

  it('reads plain objects of another realm, as a workflow sandbox gives them', () => {
    expect(canonical(runInNewContext('({ b: 1, a: [Object.create(null)] })'))).toBe('{"a":[{}],"b":1}');
  });
});
