import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApi } from '../../../src/http/api/openapi.ts';
import { type Operation, operations } from '../../../src/http/api/operations.ts';
import { alertOf, SECRETS, startWorld, type World } from '../world.ts';

let world: World;
let incidentId: string;
beforeAll(async () => {
  world = await startWorld();
  const { json } = await world.call('/api/v1/alerts', { body: alertOf(), token: SECRETS.AGENT_KEY });
  incidentId = String(json['incidentId']);
});
afterAll(() => world.stop());

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'holdpoint', ...openApi() });
const validatorOf = (name: string) => ajv.compile({ $ref: `holdpoint#/components/schemas/${name}` });

/** What nobody should send: boundaries, other types, other alphabets, and what databases and shells choke on. */
const nasty = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1.5',
    '1e999',
    'NaN',
    'true',
    'null',
    '[]',
    '{}',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '%00',
  ),
  fc.constantFrom(
    "'; drop table incident; --",
    '../../etc/passwd',
    '<script>',
    '${7*7}',
    '2026-02-31',
    '9'.repeat(400),
  ),
  fc.constantFrom(
    '2147483648',
    '9007199254740993',
    '-9223372036854775808',
    '0000-00-00',
    '9999-12-31',
    '200',
    '201',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const nastyJson = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  nasty,
  fc.integer(),
  fc.double(),
  fc.constant(Number.MAX_SAFE_INTEGER + 1),
);

const TOKENS = [SECRETS.TOKEN_ANA, SECRETS.TOKEN_EVE, SECRETS.TOKEN_AUDIT, SECRETS.AGENT_KEY, 'nobody'];

/** Who may: most tries get past the door. */
const RIGHT: Record<Operation['who'], string> = {
  person: SECRETS.TOKEN_ANA,
  auditor: SECRETS.TOKEN_AUDIT,
  key: SECRETS.AGENT_KEY,
  anybody: 'nobody',
};
const idOf = (name: string): fc.Arbitrary<string> => {
  const known = fc.constant(name === 'agent' ? 'loan-agent' : incidentId);
  return fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: nasty });
};

interface Try {
  path: string;
  token: string;
  body?: string;
}

/** A call of the operation with some fields as they may be and others as they may not. */
function tries(operation: Operation): fc.Arbitrary<Try> {
  const names = Object.keys(operation.query?.shape ?? {});
  const params = Object.keys(operation.params?.shape ?? {});
  const query = fc.dictionary(fc.oneof(fc.constantFrom(...names, 'x'), nasty), nasty, { maxKeys: 4 });
  const fields = 'body' in operation ? fieldsOf(operation) : [];
  const body = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .dictionary(fc.constantFrom(...fields, 'type', 'x'), nastyJson, { maxKeys: 8 })
        .map((value) => JSON.stringify(value)),
    },
    { weight: 1, arbitrary: nastyJson.map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: nasty },
  );
  return fc
    .record({
      ids: fc.tuple(...params.map(idOf)),
      query,
      body,
      token: fc.oneof(
        { weight: 4, arbitrary: fc.constant(RIGHT[operation.who]) },
        { weight: 1, arbitrary: fc.constantFrom(...TOKENS) },
      ),
    })
    .map(({ ids, query: asked, body: sent, token }) => {
      const path = params.reduce<string>(
        (text, name, i) => text.replace(`{${name}}`, encodeURIComponent(wellFormed(String(ids[i])))),
        operation.path,
      );
      const pairs = Object.entries(asked).map(
        ([name, value]) => `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(value))}`,
      );
      const url = pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
      return operation.method === 'post' ? { path: url, token, body: sent } : { path: url, token };
    });
}

const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, '\ufffd');

const fieldsOf = (operation: Operation): string[] => {
  const text = JSON.stringify(openApi());
  void operation;
  return [...new Set([...text.matchAll(/"(\w{2,20})":\{"/g)].map(([, name]) => name ?? ''))].slice(0, 400);
};

const PER_OPERATION = Number(process.env['HOLDPOINT_FUZZ_RUNS'] ?? 150);

test.each(Object.entries(operations) as [string, Operation][])(
  '%s: nothing that is sent makes the server fail, and every answer is as documented',
  async (_id, operation) => {
    const answer = validatorOf(operation.answerName);
    const problem = validatorOf('Problem');
    world.logged.length = 0;
    await fc.assert(
      fc.asyncProperty(tries(operation), async ({ path, token, body }) => {
        const init = body === undefined ? { token } : { token, body, method: 'POST' };
        const { status, text, json, headers } = await world.call(path, init);
        const type = headers.get('content-type') ?? '';
        expect(text).not.toMatch(/\bat .+\.(ts|js):\d+|node_modules|Error:/);
        // An empty name in the path is another path.
        if (json['code'] === 'no-such-path') return;
        expect([...operation.success, ...operation.problems]).toContain(status);
        const isGood = operation.success.includes(status);
        expect(type).toMatch(isGood ? /^application\/json/ : /^application\/problem\+json/);
        const check = isGood ? answer : problem;
        if (!check(json))
          throw new Error(`${path}: ${ajv.errorsText(check.errors)} in ${text.slice(0, 300)}`);
      }),
      { numRuns: PER_OPERATION },
    );
    expect(world.logged.filter(({ message }) => message.includes('failed'))).toEqual([]);
  },
);

test.each(['/', '/incidents', '/incidents/ID', '/agents', '/measures', '/live'])(
  'the page %s withstands the same',
  async (path) => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom(
            'q',
            'agent',
            'owner',
            'from',
            'to',
            'before',
            'beforeSeq',
            'session',
            'phase',
            'unit',
          ),
          nasty,
          { maxKeys: 3 },
        ),
        nasty,
        async (query, id) => {
          const pairs = Object.entries(query).map(
            ([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`,
          );
          const at = `${path.replace('ID', encodeURIComponent(wellFormed(id)) || 'x')}?${pairs.join('&')}`;
          // Nobody may open a stream, so that none stays open.
          const token = path === '/live' ? 'nobody' : SECRETS.TOKEN_ANA;
          const { status, text } = await world.call(at, { token, headers: { accept: 'text/html' } });
          expect(status).toBeLessThan(500);
          expect(text).not.toMatch(/\bat .+\.(ts|js):\d+/);
        },
      ),
      { numRuns: Math.ceil(PER_OPERATION / 3) },
    );
  },
);
