import fc from 'fast-check';
import { fillJson, fillUrl, TemplateError, valueAt } from '../../../src/adapters/tools/template.ts';

it('encodes what it puts into an address', () => {
  const filled = fillUrl('https://store.example/applications/{id}/status?by={who}', {
    id: 'a/../b?c#d',
    who: 'x&y=z',
  });
  expect(filled).toBe('https://store.example/applications/a%2F..%2Fb%3Fc%23d/status?by=x%26y%3Dz');
});

it.each([
  ['a parent folder', '..'],
  ['this folder', '.'],
  ['nothing', ''],
  ['a list', ['a']],
  ['null', null],
])('puts no %s into an address', (_, id) => {
  expect(() => fillUrl('https://store.example/applications/{id}', { id })).toThrow(TemplateError);
});

it('names an argument that is missing', () => {
  expect(() => fillUrl('https://store.example/{id}', {})).toThrow('the argument id is missing');
  expect(() => fillJson({ a: ['{id}'] }, { toString: 1 })).toThrow('the argument id is missing');
  expect(() => fillJson('{toString}', {})).toThrow('the argument toString is missing');
});

it('takes no host from an argument', () => {
  expect(() => fillUrl('https://{host}/x', { host: 'evil.example' })).toThrow('fixed host');
  expect(() => fillUrl('{url}', { url: 'https://evil.example' })).toThrow('fixed host');
});

it('stays on the host and under the path of the template, whatever the argument', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\ud800', '..', '%2e%2e', '\\..\\', '//evil.example', '@evil.example', '\u0000'),
      ),
      (id) => {
        let filled: string;
        try {
          filled = fillUrl('https://store.example/applications/{id}/status', { id });
        } catch (error) {
          return error instanceof TemplateError;
        }
        const url = new URL(filled);
        return (
          url.host === 'store.example' &&
          /^\/applications\/[^/]+\/status$/.test(url.pathname) &&
          url.search === '' &&
          url.hash === ''
        );
      },
    ),
  );
});

it('keeps the type of an argument that stands alone in the body', () => {
  const template = { status: '{status}', note: 'undo for {id}', fixed: 3, list: ['{amount}'] };
  const args = { status: null, id: 'LN-1', amount: 12.5 };
  expect(fillJson(template, args)).toEqual({ status: null, note: 'undo for LN-1', fixed: 3, list: [12.5] });
});

it('does not fill again what an argument brought in', () => {
  expect(fillJson('a {x} b', { x: '{y}', y: 'secret' })).toBe('a {y} b');
});

it('finds values by a dotted path, and nothing that is inherited', () => {
  expect(valueAt({ items: [{ status: 'x' }] }, 'items.0.status')).toBe('x');
  expect(valueAt({}, 'constructor.name')).toBeUndefined();
  expect(valueAt(null, 'a')).toBeUndefined();
});
