import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { decisions } from '../../../src/domain/incident/decide.ts';
import { openApi } from '../../../src/http/api/openapi.ts';
import { operations } from '../../../src/http/api/operations.ts';
import { PERSON_COMMANDS, PersonCommandBody } from '../../../src/http/api/person-command.ts';
import { SECRETS, startWorld } from '../world.ts';

const CHECKED_IN = join(__dirname, '../../../docs/openapi.json');

test('the checked-in document is the one that is served', async () => {
  const document = JSON.parse(JSON.stringify(openApi())) as unknown;
  expect(JSON.parse(readFileSync(CHECKED_IN, 'utf8'))).toEqual(document);
  const world = await startWorld();
  const { status, json, headers } = await world.call('/api/v1/openapi.json');
  await world.stop();
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json');
  expect(json).toEqual(document);
});

test('an independent validator takes it as OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(
    JSON.parse(JSON.stringify(openApi())) as Record<string, unknown>,
  );
  expect({ valid, errors, version: validator.version }).toMatchObject({ valid: true, version: '3.1' });
  const broken = { ...openApi(), paths: { '/x': { get: { responses: 7 } } } };
  expect(
    (await new Validator().validate(JSON.parse(JSON.stringify(broken)) as Record<string, unknown>)).valid,
  ).toBe(false);
});

test('every command of people is in it, and no other', () => {
  const byPeople = Object.values(decisions)
    .filter(({ by }) => by !== 'engine' && by !== 'source')
    .map(({ type }) => String(type));
  expect([...PERSON_COMMANDS].sort()).toEqual(byPeople.sort());
  expect(PersonCommandBody.safeParse({ type: 'addNote', text: 'seen' }).success).toBe(true);
  expect(PersonCommandBody.safeParse({ type: 'tick' }).success).toBe(false);
});

test('every path of it is there', async () => {
  const world = await startWorld();
  for (const { method, path } of Object.values(operations)) {
    const filled = path.replace('{id}', 'none-1').replace('{agent}', 'loan-agent');
    const init = method === 'post' ? { body: {}, token: SECRETS.TOKEN_ANA } : { token: SECRETS.TOKEN_ANA };
    expect((await world.call(filled, init)).json['code']).not.toBe('no-such-path');
  }
  await world.stop();
});
