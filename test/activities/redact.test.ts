import fc from 'fast-check';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createRedactor, MASK } from '../../src/activities/preserve/redact.ts';
import { spansFromOtlpJson } from '../../src/forensics/read/otlp-json.ts';
import { toOtlpJson } from '../../src/adapters/traces/otlp-text.ts';
import { span } from '../store/spans-support.ts';

const SECRET = 'hunter2-$$-"quoted"';
const page = (text: string) => ({
  source: '',
  contentType: 'application/json',
  body: new TextEncoder().encode(text),
});
const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);

/** Attributes that hold the secret in every way that traces hold things. */
const hiding = {
  'http.request.header.authorization': `Bearer ${SECRET}`,
  apiKey: SECRET,
  'tool.input': JSON.stringify({ user: 'ana', password: SECRET, nested: [{ 'X-Api-Key': SECRET }] }),
  'gen_ai.input.messages': JSON.stringify([
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', arguments: JSON.stringify({ client_secret: { deep: SECRET } }) }],
    },
  ]),
  cut: `${JSON.stringify({ password: SECRET, rest: 'x'.repeat(50) }).slice(0, 60)}`,
  wordy: `the call was ${JSON.stringify({ Password: SECRET })}, and it failed`,
};

describe('redaction', () => {
  it('masks values by the names of their fields, at any depth and in JSON within JSON', () => {
    const [clean] = createRedactor().spans([span({ name: 'a', attributes: hiding })]);
    expect(JSON.stringify(clean)).not.toContain('hunter2');
    expect(clean?.attributes['tool.input']).toBe(
      JSON.stringify({ user: 'ana', password: MASK, nested: [{ 'X-Api-Key': MASK }] }),
    );
    expect(clean?.attributes['session.id']).toBe('s1');
  });

  it('masks the same in pages, zipped or not, of one document or of lines', async () => {
    const request = toOtlpJson([span({ name: 'a', attributes: hiding })]);
    const pages = [request, `${request}\n${request}\n`, JSON.stringify(JSON.parse(request), null, 2)];
    for (const text of pages) {
      const plain = await createRedactor().page(page(text));
      expect(plain.masked).toBeGreaterThan(0);
      expect(textOf(plain.body)).not.toContain('hunter2');
      const zipped = await createRedactor().page({ ...page(''), body: gzipSync(text) });
      expect(textOf(gunzipSync(zipped.body))).not.toContain('hunter2');
    }
    const { body } = await createRedactor().page(page(request));
    expect(spansFromOtlpJson(JSON.parse(textOf(body))).spans).toEqual(
      createRedactor().spans([span({ name: 'a', attributes: hiding })]),
    );
  });

  it('leaves a page without such fields as it was, byte for byte', async () => {
    const text = `{ "resourceSpans" : [ ] ,\n "note": "a password is mentioned", "tokens": 12 }`;
    const { body, masked } = await createRedactor().page(page(text));
    expect(textOf(body)).toBe(text);
    expect(masked).toBe(0);
  });

  it('follows the list of fields that it is given', () => {
    const [clean] = createRedactor(['iban']).spans([
      span({ name: 'a', attributes: { iban: 'DE00', password: 'x' } }),
    ]);
    expect(clean?.attributes).toMatchObject({ iban: MASK, password: 'x' });
  });

  it('changes nothing of a span that holds no such field', () => {
    const key = fc
      .string({ minLength: 1 })
      .filter((name) => !/auth|cookie|pass|secret|key|token/i.test(name));
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(fc.string(), fc.json())), (attributes) => {
        const one = span({ name: 'a', attributes: { ...attributes } });
        const isSafe = !/auth|cookie|pass|secret|key|token/i.test(JSON.stringify(one.attributes));
        fc.pre(isSafe);
        expect(createRedactor().spans([one])).toEqual([one]);
      }),
    );
  });

  it('takes no longer than it should over text made to be slow', () => {
    const slow = `{"password": ${'\\"'.repeat(20_000)}`;
    const started = performance.now();
    createRedactor().spans([
      span({ name: 'a', attributes: { slow, more: `{${'"password":"'.repeat(5_000)}` } }),
    ]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
