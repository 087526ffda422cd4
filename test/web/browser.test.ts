import type { Browser } from 'playwright-core';
import { findBrowser } from '../embedded/slack/browser.ts';
import { ana, kim, prose, type Story } from '../domain/incident/story.ts';
import { until } from '../instrument/until.ts';
import { openHouse, TOKENS, type House } from './support/house.ts';
import { DESKTOP, PHONE, shot, violations, visitWith, type Visit, type Visitor } from './support/visit.ts';
import { agentSessions, sessionRow } from './support/sessions.ts';
import { closed, fresh, HOSTILE, late, nameless, signing } from './support/incidents.ts';

/** A page may take long on a busy machine; what is waited for are conditions. */
jest.setTimeout(240_000);

let browser: Browser;
let house: House;
let waiting: Story;

beforeAll(async () => {
  const found = await findBrowser();
  if (!found) throw new Error('No browser: see the loud line above');
  browser = found;
  house = await openHouse();
  waiting = await signing(house);
  await house.store.sessions.put(agentSessions());
  for (const lived of [fresh(), nameless(), waiting, late(), closed()]) await house.record(lived);
});
afterAll(async () => {
  await browser?.close();
  await house?.end();
});

const visit = (path: string, visitor: Visitor = {}, at = house): Promise<Visit> =>
  visitWith(browser, at, path, visitor);

const PAGES: { name: string; path: string; heading: string | RegExp; token?: string | null }[] = [
  { name: 'overview', path: '/', heading: 'Overview' },
  { name: 'overview-nothing-matches', path: '/?agent=mail-agent&severity=sev1', heading: 'Overview' },
  { name: 'incident-fresh', path: '/incidents/inc-fresh-1', heading: /img src=x/ },
  { name: 'incident-long-title', path: '/incidents/inc-nameless-1', heading: /Every application/ },
  { name: 'incident-signing', path: '/incidents/inc-signing-1', heading: /Decline rate/ },
  {
    name: 'incident-signing-viewer',
    path: '/incidents/inc-signing-1',
    heading: /Decline rate/,
    token: TOKENS.TOKEN_EVE,
  },
  { name: 'incident-late', path: '/incidents/inc-late-1', heading: /Refunds/ },
  { name: 'incident-closed', path: '/incidents/inc-loan-1', heading: /Decline rate/ },
  { name: 'agents', path: '/agents', heading: 'Agents' },
  { name: 'measures', path: '/measures', heading: 'Metrics' },
  { name: 'search', path: '/incidents?q=decline', heading: 'Search' },
  { name: 'search-empty', path: '/incidents?q=nothinglikethis', heading: 'Search' },
  { name: 'not-found', path: '/incidents/none-1', heading: 'Not found' },
  {
    name: 'forbidden',
    path: '/incidents/inc-signing-1/sign-offs/r-status',
    heading: 'Not allowed',
    token: TOKENS.TOKEN_EVE,
  },
  { name: 'sessions', path: '/sessions', heading: 'Sessions' },
  { name: 'sessions-viewer', path: '/sessions', heading: 'Sessions', token: TOKENS.TOKEN_EVE },
  { name: 'sessions-nothing-matches', path: '/sessions?outcome=timeout', heading: 'Sessions' },
  { name: 'no-role', path: '/', heading: 'Not allowed', token: TOKENS.TOKEN_DANA },
  { name: 'no-role-sessions', path: '/sessions', heading: 'Not allowed', token: TOKENS.TOKEN_DANA },
  {
    name: 'no-role-incident',
    path: '/incidents/inc-signing-1',
    heading: 'Not allowed',
    token: TOKENS.TOKEN_DANA,
  },
  { name: 'bad-filter', path: '/?severity=sev9', heading: 'Not done' },
  { name: 'sign-in', path: '/measures', heading: 'Sign in', token: null },
];

/** A page that says it is not there, or not allowed, is told to the console by the browser itself. */
const EXPECTED = /Failed to load resource: the server responded with a status of (401|403|404|400)/;

describe.each([
  ['desktop, light', DESKTOP, 'light'],
  ['phone, dark', PHONE, 'dark'],
] as const)('%s', (_name, viewport, colorScheme) => {
  test.each(PAGES)(
    '$name: reads, without a complaint, for everybody',
    async ({ name, path, heading, token }) => {
      const seen = await visit(path, { viewport, colorScheme, ...(token === undefined ? {} : { token }) });
      await seen.page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await shot(seen, `${name}-${colorScheme}`);
      expect(await violations(seen)).toEqual([]);
      expect(seen.complaints.filter((text) => !EXPECTED.test(text))).toEqual([]);
      const { scroll, client } = (await seen.page.evaluate(
        '({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth })',
      )) as { scroll: number; client: number };
      expect(scroll).toBeLessThanOrEqual(client);
      await seen.context.close();
    },
  );
});

describe('live', () => {
  test('the overview shows a new incident before a second has passed in the page, without a reload', async () => {
    const seen = await visit('/', { holdsClock: true });
    await seen.page.getByText('Live', { exact: true }).waitFor();
    await seen.page.evaluate('window.mark = 1');
    // From here on no time passes in the page: nothing that it does by itself after a while can be what shows it.
    await seen.page.clock.pauseAt(Number(await seen.page.evaluate('Date.now()')) + 5_000);
    const lived = fresh();
    const renamed = JSON.parse(
      JSON.stringify(lived.events)
        .replaceAll('inc-fresh-1', 'inc-live-1')
        .replaceAll(JSON.stringify(HOSTILE).slice(1, -1), 'Lives now'),
    ) as Story['events'];
    const atMs = Number(await seen.page.evaluate('Date.now()'));
    const before = performance.now();
    await house.store.audit.append('inc-live-1', renamed);
    await seen.page.getByRole('link', { name: 'Lives now' }).waitFor();
    process.stderr.write(`live update: ${Math.round(performance.now() - before)} ms after the write began\n`);
    await seen.page.getByText(/^Updated at/).waitFor();
    expect(Number(await seen.page.evaluate('Date.now()')) - atMs).toBeLessThan(1_000);
    expect(await seen.page.evaluate('window.mark')).toBe(1);
    expect(seen.complaints).toEqual([]);
    await seen.context.close();
  });

  test('what somebody writes stays, and the rest of the page goes on', async () => {
    const seen = await visit('/incidents/inc-signing-1');
    await seen.page.getByText('Live', { exact: true }).waitFor();
    const note = seen.page.locator('#addNote, form[id*=addNote]').first();
    await seen.page.locator('summary', { hasText: /note/i }).first().click();
    const field = note.locator('textarea');
    await field.fill('I am in the middle of a sen');
    waiting.give('addNote', kim, { text: prose('Somebody else wrote this.') });
    await house.record(waiting);
    await seen.page.getByText('Note: Somebody else wrote this.').waitFor();
    expect(await field.inputValue()).toBe('I am in the middle of a sen');
    await seen.page.getByText(/left as it is/).waitFor();
    await seen.context.close();
  });

  test('a page that was open while the server was away catches up', async () => {
    const other = await openHouse();
    const lived = fresh();
    await other.record(lived);
    const seen = await visit('/incidents/inc-fresh-1', {}, other);
    await seen.page.getByText('Live', { exact: true }).waitFor();
    await seen.context.setOffline(true);
    await seen.page.evaluate('1');
    lived.give('takeOwnership', ana, {});
    await other.record(lived);
    await seen.context.setOffline(false);
    await seen.page.getByText('Owner Ana Ruiz').waitFor();
    await seen.context.close();
    await other.end();
  });
});

describe('without what a browser may lack', () => {
  test('without scripts everything is there, filters and sign-in too', async () => {
    const seen = await visit('/', { javaScriptEnabled: false, token: TOKENS.TOKEN_EVE });
    await seen.page.getByLabel('Agent').selectOption('mail-agent');
    await seen.page.getByRole('button', { name: 'Filter' }).click();
    await seen.page.waitForURL(/agent=mail-agent/);
    expect(await seen.page.getByRole('table', { name: 'Open incidents' }).getByRole('row').count()).toBe(2);
    await seen.page.getByRole('searchbox', { name: 'Search incidents' }).fill('refunds');
    await seen.page.getByRole('button', { name: 'Search' }).click();
    await seen.page.getByRole('link', { name: 'Refunds sent twice' }).click();
    await seen.page.getByRole('heading', { name: /Refunds sent twice/ }).waitFor();
    expect(await seen.page.locator('meta[http-equiv=refresh]').count()).toBe(1);
    await seen.context.close();
  });

  test('with the keyboard alone: skip link, navigation, an incident', async () => {
    const { page, context } = await visit('/');
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toContain('tile');
    for (let i = 0; i < 60 && (await focused()) !== 'Refunds sent twice'; i += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Refunds sent twice/ }).waitFor();
    await context.close();
  });

  test('a hostile title is text, everywhere', async () => {
    const seen = await visit('/incidents/inc-fresh-1');
    expect(await seen.page.locator('img').count()).toBe(0);
    expect(seen.complaints).toEqual([]);
    await seen.context.close();
  });
});

test('an empty installation says so', async () => {
  const none = await openHouse();
  for (const [path, words] of [
    ['/', 'No incident is open.'],
    ['/incidents', 'There was no incident yet.'],
    ['/measures', 'Not measured yet.'],
    ['/agents', 'no session on record'],
    ['/sessions', 'No session was seen yet.'],
  ] as const) {
    const seen = await visit(path, {}, none);
    await seen.page.getByText(words).first().waitFor();
    await shot(seen, `empty${path.replace('/', '-')}`);
    expect(await violations(seen)).toEqual([]);
    expect(seen.complaints).toEqual([]);
    await seen.context.close();
  }
  await none.end();
});

test('what a manager asks is answered by the first screen of a phone, in words', async () => {
  const seen = await visit('/', { viewport: PHONE });
  const screen = (await seen.page
    .evaluate(`[...document.querySelectorAll('main a, main b, main span, main strong, main td, main th')]
    .filter((one) => one.getBoundingClientRect().top < innerHeight * 2 && one.getBoundingClientRect().height > 0)
    .map((one) => one.textContent.trim()).join(' | ')`)) as string;
  // What is open, what waits, what is late, what will be.
  for (const words of ['open', 'sign-offs waiting', 'late', 'due within 12 h', 'without an owner'])
    expect(screen).toContain(words);
  const table = seen.page.getByRole('table', { name: 'Open incidents' });
  const first = table.getByRole('row').nth(1);
  // The agent that is not known to be stopped comes first; who has it and what it waits for stand in its row.
  expect(await first.innerText()).toMatch(/The agent is being stopped/);
  expect(await first.innerText()).toMatch(/nobody yet/);
  const late = table.getByRole('row').filter({ hasText: 'Refunds sent twice' });
  expect(await late.innerText()).toMatch(/LATE/);
  expect(await late.innerText()).toMatch(/Ana Ruiz/);
  await seen.context.close();
});

test('agents: hold, outcomes, flags a thousand steps and baseline stand in the row', async () => {
  const seen = await visit('/agents');
  const row = seen.page.getByRole('row').filter({ hasText: 'loan-agent' });
  const text = await row.innerText();
  for (const words of [
    /On hold/,
    /4 sessions/,
    /2 completed/,
    /1 tool error/,
    /1 without an outcome/,
    /TOOL_SCHEMA_DRIFT 50/,
    /over 20 steps/,
  ])
    expect(text).toMatch(words);
  await row.getByRole('link', { name: '4 sessions' }).click();
  await seen.page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor();
  expect(await seen.page.getByRole('table', { name: 'Sessions' }).getByRole('row').count()).toBe(5);
  await seen.context.close();
});

test('the page of sessions is live, and a viewer sees no quote of a trace', async () => {
  const seen = await visit('/sessions');
  await seen.page.getByText(/^(Live|Updated at)/).waitFor();
  await seen.page.evaluate('window.mark = 1');
  await house.store.sessions.put([sessionRow('s-that-came-later')]);
  await seen.page.getByText('s-that-came-later').waitFor();
  expect(await seen.page.evaluate('window.mark')).toBe(1);
  expect(await seen.page.getByText('annual_income').count()).toBeGreaterThan(0);
  await seen.context.close();
  const eve = await visit('/sessions', { token: TOKENS.TOKEN_EVE });
  await eve.page.getByText('s-that-came-later').waitFor();
  expect(await eve.page.getByText('annual_income').count()).toBe(0);
  await eve.context.close();
});

describe('times', () => {
  const opened = (seen: Visit) => seen.page.locator('#incident-head time.when').first();

  test('are in the zone of the reader, with UTC in the title, and in UTC for those who would rather', async () => {
    const seen = await visit('/incidents/inc-signing-1', { timezoneId: 'Australia/Eucla' });
    const at = new Date((await opened(seen).getAttribute('datetime')) ?? '');
    const there = new Date(at.getTime() + 525 * 60_000).toISOString().slice(0, 16).replace('T', ' ');
    const utc = at.toISOString().slice(0, 16).replace('T', ' ');
    expect(await opened(seen).innerText()).toBe(there);
    expect(await opened(seen).getAttribute('title')).toBe(`${utc} UTC`);
    await seen.page.getByText('Times are in Australia/Eucla.').waitFor();
    await seen.page.getByRole('button', { name: 'Show UTC' }).click();
    expect(await opened(seen).innerText()).toBe(utc);
    await seen.page.reload();
    await seen.page.getByText('All times are UTC.').waitFor();
    expect(await opened(seen).innerText()).toBe(utc);
    await seen.page.getByRole('button', { name: 'Show Australia/Eucla' }).click();
    expect(await opened(seen).innerText()).toBe(there);
    expect(seen.complaints).toEqual([]);
    await seen.context.close();
  });

  test('stay in it when the page changes', async () => {
    const seen = await visit('/incidents/inc-signing-1', { timezoneId: 'Australia/Eucla' });
    await seen.page.getByText('Live', { exact: true }).waitFor();
    const before = await opened(seen).innerText();
    waiting.give('addNote', kim, { text: prose('Seen from Eucla.') });
    await house.record(waiting);
    await seen.page.getByText('Note: Seen from Eucla.').waitFor();
    expect(await opened(seen).innerText()).toBe(before);
    const note = seen.page.locator('#incident-timeline time.when').first();
    expect(await note.getAttribute('title')).toMatch(/UTC$/);
    await seen.context.close();
  });

  test('are UTC without scripts', async () => {
    const seen = await visit('/incidents/inc-signing-1', {
      timezoneId: 'Australia/Eucla',
      javaScriptEnabled: false,
    });
    const datetime = (await opened(seen).getAttribute('datetime')) ?? '';
    expect(await opened(seen).innerText()).toBe(datetime.slice(0, 16).replace('T', ' '));
    await seen.page.getByText('All times are UTC.').waitFor();
    expect(await seen.page.getByRole('button', { name: /Show/ }).count()).toBe(0);
    await seen.context.close();
  });
});

test('a long session that is still being read shows once it is', async () => {
  const slow = await openHouse();
  await slow.record(await signing(slow));
  slow.sealed.delayMs = 2_500;
  const seen = await visit('/incidents/inc-signing-1', {}, slow);
  await seen.page.getByText('The sealed trace is being read …').waitFor();
  await until('the session is there', async () => {
    await seen.page.reload();
    return (await seen.page.getByRole('heading', { name: 'Steps to read' }).count()) === 1;
  });
  expect(slow.sealed.reads).toBe(1);
  await seen.context.close();
  await slow.end();
});
