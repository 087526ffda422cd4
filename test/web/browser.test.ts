import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { findBrowser } from '../embedded/slack/browser.ts';
import { ana, kim, prose, type Story } from '../domain/incident/story.ts';
import { until } from '../instrument/until.ts';
import { openHouse, TOKENS, type House } from './support/house.ts';
import { closed, fresh, HOSTILE, late, nameless, signing } from './support/incidents.ts';

/** Pictures for looking at, only when a folder for them is named. */
const SHOTS = process.env['HOLDPOINT_SCREENSHOTS'];
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

let browser: Browser;
let house: House;
let waiting: Story;

beforeAll(async () => {
  const found = await findBrowser();
  if (!found) throw new Error('No browser: see the loud line above');
  browser = found;
  house = await openHouse();
  waiting = await signing(house);
  for (const lived of [fresh(), nameless(), waiting, late(), closed()]) await house.record(lived);
});
afterAll(async () => {
  await browser?.close();
  await house?.end();
});

interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the browser complained of. */
  complaints: string[];
}

interface Visitor {
  token?: string | null;
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  javaScriptEnabled?: boolean;
}

async function visit(path: string, visitor: Visitor = {}, at = house): Promise<Visit> {
  const {
    token = TOKENS.TOKEN_ANA,
    viewport = DESKTOP,
    colorScheme = 'light',
    javaScriptEnabled = true,
  } = visitor;
  const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  if (token !== null) {
    await page.goto(`${at.url}/sign-in?next=${encodeURIComponent(path)}`);
    await page.getByLabel('Your token').fill(token);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${at.url}${path}`);
  } else await page.goto(`${at.url}${path}`);
  return { page, context, complaints };
}

async function shot({ page }: Visit, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

const violations = async ({ page }: Visit): Promise<string[]> => {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
};

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
  test('the overview shows a new incident within a second of its event, without a reload', async () => {
    const seen = await visit('/');
    await seen.page.getByText('Live', { exact: true }).waitFor();
    await seen.page.evaluate('window.mark = 1');
    const lived = fresh();
    const renamed = JSON.parse(
      JSON.stringify(lived.events)
        .replaceAll('inc-fresh-1', 'inc-live-1')
        .replaceAll(JSON.stringify(HOSTILE).slice(1, -1), 'Lives now'),
    ) as Story['events'];
    const before = performance.now();
    await house.store.audit.append('inc-live-1', renamed);
    await seen.page.getByRole('link', { name: 'Lives now' }).waitFor();
    const tookMs = performance.now() - before;
    process.stderr.write(`live update: ${Math.round(tookMs)} ms after the write began\n`);
    expect(await seen.page.evaluate('window.mark')).toBe(1);
    await seen.page.getByText(/^Updated at/).waitFor();
    expect(tookMs).toBeLessThan(10_000);
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
    await seen.page.getByText('Owner Ana Ruiz').waitFor({ timeout: 20_000 });
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
