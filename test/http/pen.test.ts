import { signOffWorld, type SignOffWorld } from './support/sign-off-world.ts';
import { refusal } from '../../src/domain/incident/refusal.ts';
import type { LateRefusal } from '../../src/workflows/messages.ts';
import { signInPage } from '../../src/web/pages/sign-in.ts';
import { SECRETS, type World } from './world.ts';

/** A browser: keeps cookies, sends the fields of a page's form with what is filled in, names its origin. */
class Browser {
  private cookie = '';
  private readonly world: World;
  private readonly headers: Record<string, string>;

  constructor(world: World, headers: Record<string, string> = {}) {
    this.world = world;
    this.headers = headers;
  }

  async get(path: string) {
    return await this.world.call(path, { headers: this.sent() });
  }

  async post(path: string, fields: Record<string, string | string[]>, more: Record<string, string> = {}) {
    const body = new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
    );
    const headers = {
      ...this.sent(),
      'content-type': 'application/x-www-form-urlencoded',
      origin: this.world.url,
      ...more,
    };
    const answer = await this.world.call(path, { body: body.toString(), headers });
    for (const set of answer.headers.getSetCookie()) this.cookie = set.split(';')[0] ?? '';
    return answer;
  }

  async signIn(token: string) {
    return await this.post('/sign-in', { token, next: '/incidents/x' });
  }

  /** Sends the form of this id on the page at `path`. */
  async send(path: string, formId: string, filled: Record<string, string | string[]> = {}, more = {}) {
    const { action, fields } = formIn((await this.get(path)).text, formId);
    return await this.post(action, { ...fields, ...filled }, more);
  }

  private sent(): Record<string, string> {
    return { ...this.headers, ...(this.cookie ? { cookie: this.cookie } : {}) };
  }
}

const unescape = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Where a form goes, and what stands in it. */
function formIn(html: string, id: string): { action: string; fields: Record<string, string> } {
  const form = html.match(new RegExp(`<form[^>]*id="${id}"[\\s\\S]*?</form>`))?.[0];
  if (!form) throw new Error(`no form ${id} in:\n${html}`);
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return {
    action: unescape(/action="([^"]+)"/.exec(form)?.[1] ?? ''),
    fields: Object.fromEntries(fields.map(([, name, value]) => [name, unescape(value ?? '')])),
  };
}

let world: SignOffWorld;
let path: string;
const proxied = (login: string) => ({
  'x-forwarded-email': login,
  'x-holdpoint-proxy-secret': SECRETS.PROXY_SECRET,
});
beforeEach(async () => {
  world = await signOffWorld({ proxy: { userHeader: 'X-Forwarded-Email', secretEnv: 'PROXY_SECRET' } });
  path = `/incidents/${world.incidentId}`;
});
afterEach(() => world.stop());
const signedIn = async (token: string): Promise<Browser> => {
  const browser = new Browser(world);
  expect((await browser.signIn(token)).status).toBe(303);
  return browser;
};

describe('signing in', () => {
  test('takes a token, goes where the person wanted, and ends', async () => {
    const browser = new Browser(world);
    expect((await browser.get(path)).status).toBe(401);
    const wrong = await browser.signIn('not-a-token-0123456789');
    expect({ status: wrong.status, again: wrong.text.includes('not known here') }).toEqual({
      status: 401,
      again: true,
    });
    const right = await browser.signIn(SECRETS.TOKEN_ANA);
    expect(right.headers.get('location')).toBe('/incidents/x');
    const cookie = right.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).not.toContain(SECRETS.TOKEN_ANA);
    expect((await browser.get(path)).text).toContain('Decide, as Ana Ruiz');
    await browser.post('/sign-out', {});
    expect((await browser.get(path)).status).toBe(401);
  });

  test('leads to no other site', async () => {
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const answer = await new Browser(world).post('/sign-in', { token: SECRETS.TOKEN_ANA, next });
      expect(answer.headers.get('location')).toBe('/');
    }
  });

  test('a session is sealed, expires, and ends with the token that opened it', async () => {
    const browser = await signedIn(SECRETS.TOKEN_EVE);
    const [, value = ''] = /holdpoint=([^;]+)/.exec(JSON.stringify(browser)) ?? [];
    const [body = '', expiry = '', seal = ''] = value.replaceAll(/["}].*/g, '').split('.');
    const ana = Buffer.from('ana').toString('base64url');
    const tries = [
      `${ana}.${expiry}.${seal}`,
      `${body}.${Number(expiry) + 1}.${seal}`,
      `${body}.${expiry}.${'0'.repeat(64)}`,
      'nonsense',
      '',
    ];
    for (const cookie of tries)
      expect((await world.call(path, { headers: { cookie: `holdpoint=${cookie}` } })).status).toBe(401);
    const right = { headers: { cookie: `holdpoint=${body}.${expiry}.${seal}` } };
    expect((await world.call(path, right)).status).toBe(200);
    world.clock.nowMs += 13 * 3_600_000;
    expect((await world.call(path, right)).status).toBe(401);
  });

  test('is no way around the API: a session gives no command there', async () => {
    const browser = await signedIn(SECRETS.TOKEN_ANA);
    const [, cookie = ''] = /(holdpoint=[^";}]+)/.exec(JSON.stringify(browser)) ?? [];
    const answer = await world.call(`/api/v1/incidents/${world.incidentId}/commands`, {
      body: { type: 'acknowledge' },
      headers: { cookie },
    });
    expect(answer.status).toBe(401);
  });
});

describe('a form of another site', () => {
  test('does nothing, whoever is signed in', async () => {
    const browser = await signedIn(SECRETS.TOKEN_ANA);
    const { action, fields } = formIn((await browser.get(path)).text, 'acknowledge');
    const origins: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const more of origins) {
      const answer = await browser.post(action, fields, more);
      expect({ status: answer.status, done: answer.text.includes('Not done') }).toMatchObject({
        status: 403,
      });
    }
    const { form_token: _token, ...without } = fields;
    expect((await browser.post(action, without)).status).toBe(403);
    const eve = await signedIn(SECRETS.TOKEN_EVE);
    expect((await eve.post(action, fields)).status).toBe(403);
    const byProxy = new Browser(world, proxied('ana@example.com'));
    expect((await byProxy.post(action, without)).status).toBe(403);
    expect(world.state().acknowledgedAt).toBeNull();
    expect((await world.call('/sign-out', { body: '', method: 'POST' })).status).toBe(403);
    const evil = { origin: 'https://evil.example' };
    expect((await browser.post('/sign-in', { token: SECRETS.TOKEN_EVE }, evil)).status).toBe(403);
  });

  test('a form that is too old is sent again from a fresh page', async () => {
    const browser = new Browser(world, proxied('ana@example.com'));
    const { action, fields } = formIn((await browser.get(path)).text, 'acknowledge');
    world.clock.nowMs += 13 * 3_600_000;
    expect((await browser.post(action, fields)).text).toContain('too old');
  });
});

describe('the page as a second pen', () => {
  test('decides by the same command, once however often the form is sent', async () => {
    const browser = new Browser(world, proxied('ana@example.com'));
    const { action, fields } = formIn((await browser.get(path)).text, 'acknowledge');
    const first = await browser.post(action, fields);
    expect(first.status).toBe(303);
    expect((await browser.get(first.headers.get('location') ?? '')).text).toContain(
      'On record: acknowledge.',
    );
    expect((await browser.post(action, fields)).status).toBe(303);
    expect(world.incidents.given.filter(({ type }) => type === 'acknowledge')).toMatchObject([
      { by: { id: 'person:ana', via: 'page', verifiedBy: 'proxy-header' } },
      {},
    ]);
    const events = world.state().decided.filter((id) => id.startsWith('api:person:ana'));
    expect(events).toHaveLength(1);
  });

  test('a viewer is shown no form, and the decider refuses one that is forged', async () => {
    const eve = await signedIn(SECRETS.TOKEN_EVE);
    const { text } = await eve.get(path);
    expect(text).not.toContain('class="decision"');
    expect((await eve.get(`${path}/sign-offs/${world.reversal}`)).status).toBe(403);
  });

  test('says “received, pending” while no worker answers, and nothing when the engine is out of reach', async () => {
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    world.incidents.pending = true;
    const note = await ana.send(path, 'addNote', { text: 'seen' });
    expect((await ana.get(note.headers.get('location') ?? '')).text).toContain('Received, pending');
    world.incidents.pending = false;
    world.incidents.reachable = false;
    expect((await ana.send(path, 'addNote', { text: 'lost?' })).status).toBe(503);
  });

  test('a refusal says why, and keeps what was written', async () => {
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    const merge = await ana.send(path, 'proposeEnding-merged', {
      intoIncidentId: world.incidentId,
      reason: 'The same failure, I think.',
    });
    expect(merge.status).toBe(409);
    expect(merge.text).toContain('Give another incident of the same agent.');
    expect(merge.text).toContain('The same failure, I think.');
  });

  test('reads the whole list and signs it: nothing is chosen before', async () => {
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    const page = (await ana.get(`${path}/sign-offs/${world.reversal}`)).text;
    expect(page).toContain('APP-0030');
    expect(page).toContain(
      '{&quot;application&quot;:&quot;APP-30&quot;,&quot;status&quot;:&quot;pending&quot;}',
    );
    expect(page).not.toContain('checked');
    const nothing = await ana.send(`${path}/sign-offs/${world.reversal}`, 'signReversal', {
      scope: 'ticked',
    });
    expect(nothing.status).not.toBe(303);
    const some = await ana.send(`${path}/sign-offs/${world.reversal}`, 'signReversal', {
      scope: 'ticked',
      index: ['0', '1', '7'],
    });
    expect(some.status).toBe(303);
    expect(world.state().signOffs[world.reversal]?.authorised).toEqual([
      [0, 1],
      [7, 7],
    ]);
    const rest = await ana.send(`${path}/sign-offs/${world.reversal}`, 'signReversal', { scope: 'all' });
    expect(rest.status).toBe(303);
    expect(world.state().signOffs[world.reversal]?.status).toBe('decided');
  });

  test('irreversible ones need a plan, the typed count, a reason and two people', async () => {
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    await ana.send(path, `requestSignOff-${world.letters}`, { remediation: 'Write to both today.' });
    const request = Object.values(world.state().signOffs).find(({ remediation }) => remediation !== null);
    const at = `${path}/sign-offs/${request?.requestId}`;
    const own = await ana.send(at, 'signReversal', { scope: 'all', typedCount: '2', reason: 'Mine.' });
    expect({ status: own.status, why: own.text.includes('You asked for this') }).toEqual({
      status: 403,
      why: true,
    });
    const ben = new Browser(world, proxied('ben@example.com'));
    const wrong = await ben.send(at, 'signReversal', { scope: 'all', typedCount: '3', reason: 'Right.' });
    expect(wrong.text).toContain('Type 2.');
    await ben.send(at, 'signReversal', { scope: 'all', typedCount: '2', reason: 'Right.' });
    expect(world.state().signOffs[request?.requestId ?? '']?.authorised).toEqual([]);
    const carol = new Browser(world, proxied('carol@example.com'));
    await carol.send(at, 'signReversal', { scope: 'all', typedCount: '2', reason: 'I agree.' });
    expect(world.state().signOffs[request?.requestId ?? '']).toMatchObject({ status: 'decided' });
  });

  test('a list that cannot be read cannot be signed', async () => {
    world.plans.clear();
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    const { text } = await ana.get(`${path}/sign-offs/${world.reversal}`);
    expect(text).toContain('cannot be read right now');
    expect(text).not.toContain('id="signReversal"');
  });

  test('two editors of one section lose nothing', async () => {
    world.planned();
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    const ben = new Browser(world, proxied('ben@example.com'));
    const { action, fields } = formIn((await ben.get(path)).text, 'editSection-impact');
    await ana.send(path, 'editSection-impact', { text: 'Thirty applicants were declined.' });
    const late = await ben.post(action, { ...fields, text: 'Letters went out too.' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Thirty applicants were declined.');
    expect(late.text).toContain('Letters went out too.');
    const merged = formIn(late.text, 'editSection-impact');
    const both = { ...merged.fields, text: 'Thirty applicants were declined. Letters went out too.' };
    expect((await ben.post(merged.action, both)).status).toBe(303);
    expect(world.state().postmortem.sections.impact?.text.text).toBe(both.text);
  });

  test('two people who change different sentences of one section both keep theirs', async () => {
    world.planned();
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    const ben = new Browser(world, proxied('ben@example.com'));
    await ana.send(path, 'editSection-impact', {
      text: 'Thirty were declined. Nobody was paid. The store was read.',
    });
    const { action, fields } = formIn((await ben.get(path)).text, 'editSection-impact');
    await ana.send(path, 'editSection-impact', {
      text: 'Thirty were declined by mistake. Nobody was paid. The store was read.',
    });
    const late = {
      ...fields,
      text: 'Thirty were declined. Nobody was paid. The store was read. Two letters went out.',
    };
    expect((await ben.post(action, late)).status).toBe(303);
    const both =
      'Thirty were declined by mistake. Nobody was paid. The store was read. Two letters went out.';
    expect(world.state().postmortem.sections.impact?.text.text).toBe(both);
    expect((await ben.post(action, late)).status).toBe(303);
    expect(world.state().postmortem.sections.impact?.text.text).toBe(both);
  });

  test('shows the context window at the step that is looked at', async () => {
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    expect((await ana.get(path)).text).not.toContain('Context window');
    await ana.send(path, 'confirmMode', { mode: 'tool_misfire' });
    const { text } = await ana.get(path);
    expect(text).toContain('Context window at step 7');
    expect(text).toContain('tool: {&quot;step&quot;:7}');
    expect((await ana.get(`${path}?context=3`)).text).toContain('Context window at step 3');
    for (const odd of ['0', '42', 'x', '1e9', '-1'])
      expect((await ana.get(`${path}?context=${odd}`)).text).toContain('Context window at step 7');
    const eve = await signedIn(SECRETS.TOKEN_EVE);
    expect((await eve.get(`${path}?context=3`)).text).not.toContain('Context window');
  });

  test('tells a person without Slack what was refused after it was received, and nobody else', async () => {
    const to: LateRefusal['to'] = {
      kind: 'person',
      id: 'person:ana',
      roles: ['responder'],
      via: 'page',
      verifiedBy: 'token',
      proof: null,
    };
    const late = { to, commandType: 'requestClose', refusal: refusal('items-open', 'impact') };
    await world.refused(late);
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    const { text } = await ana.get(path);
    expect(text).toContain('Refused after it was received: request close');
    expect(text).toContain(late.refusal.next);
    const ben = new Browser(world, proxied('ben@example.com'));
    expect((await ben.get(path)).text).not.toContain('Refused after it was received');
    world.clock.nowMs += 25 * 3_600_000;
    const later = await signedIn(SECRETS.TOKEN_ANA);
    expect((await later.get(path)).text).not.toContain('Refused after it was received');
  });

  test('every form that is shown is understood by the decider', async () => {
    const ana = await signedIn(SECRETS.TOKEN_ANA);
    const { text } = await ana.get(path);
    const ids = [...text.matchAll(/<form[^>]* id="([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(ids.length).toBeGreaterThan(8);
    for (const id of ids) {
      const answer = await ana.send(path, id, {}).catch(() => null);
      if (answer) expect(answer.status).toBeLessThan(500);
    }
  });
});

test('without tokens the page says who signs people in', async () => {
  const text = String(await signInPage({ next: '/', takesTokens: false, wrong: null }));
  expect(text).not.toContain('class="decision"');
  expect(text).toContain('server.proxy');
});

test('where this machine may read, it is asked to sign in before it decides', async () => {
  const local = await signOffWorld({ localReads: true });
  try {
    const { text } = await local.call(`/incidents/${local.incidentId}`);
    expect(text).toContain(`/sign-in?next=${encodeURIComponent(`/incidents/${local.incidentId}`)}`);
    expect(text).not.toContain('class="decision"');
  } finally {
    await local.stop();
  }
});
