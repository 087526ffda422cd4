import type { Browser, Page } from 'playwright-core';
import { findBrowser } from '../embedded/slack/browser.ts';
import { signOffWorld, type SignOffWorld } from '../http/support/sign-off-world.ts';
import { until } from '../instrument/until.ts';
import { closed, fresh, late, signing } from './support/incidents.ts';
import { openHouse, type House } from './support/house.ts';
import { agentSessions } from './support/sessions.ts';
import { PHONE, visitWith } from './support/visit.ts';

jest.setTimeout(240_000);

let browser: Browser;
let house: House;
beforeAll(async () => {
  const found = await findBrowser();
  if (!found) throw new Error('No browser: see the loud line above');
  browser = found;
  house = await openHouse();
  await house.store.sessions.put(agentSessions());
  for (const lived of [fresh(), await signing(house), late(), closed()]) await house.record(lived);
});
afterAll(async () => {
  await browser?.close();
  await house?.end();
});

interface Stop {
  /** What the focus is on, for people. */
  name: string;
  tag: string;
  /** In the window, and marked by an outline. */
  isSeen: boolean;
  isMarked: boolean;
}

/** Where the focus is; null where it has left the page. */
const focus = async (page: Page): Promise<Stop | null> =>
  (await page.evaluate(`(async () => {
    const at = document.activeElement;
    if (at === null || at === document.body) return null;
    const isSeen = () => {
      const { top, bottom, width, height } = at.getBoundingClientRect();
      return width > 0 && height > 0 && bottom > 0 && top < innerHeight;
    };
    // The window follows the focus with the next frames.
    for (let frames = 0; frames < 120 && !isSeen(); frames += 1) await new Promise(requestAnimationFrame);
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent ?? '';
    return {
      name: name.trim().replaceAll(/\\s+/g, ' '),
      tag: at.tagName.toLowerCase(),
      isSeen: isSeen(),
      isMarked: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
    };
  })()`)) as Stop | null;

const MOST_STOPS = 200;
/** Every stop of the Tab key from the beginning of a page until the focus leaves it. */
const stopsOf = async (page: Page): Promise<Stop[]> => {
  const stops: Stop[] = [];
  while (stops.length < MOST_STOPS) {
    await page.keyboard.press('Tab');
    const stop = await focus(page);
    if (stop === null) return stops;
    stops.push(stop);
  }
  throw new Error(`the focus does not leave the page after ${MOST_STOPS} stops`);
};

const tabTo = async (page: Page, name: string): Promise<void> => {
  for (let tries = 0; tries < MOST_STOPS; tries += 1) {
    await page.keyboard.press('Tab');
    if ((await focus(page))?.name === name) return;
  }
  throw new Error(`no stop is called ${name}`);
};

const HEADER = ['Skip to the content', 'Holdpoint', 'Overview', 'Search', 'Agents', 'Sessions', 'Metrics'];

test.each(['/', '/incidents?q=decline', '/incidents/inc-signing-1', '/agents', '/sessions', '/measures'])(
  '%s: every stop of the Tab key is seen, marked and has a name; the page is left at its end',
  async (path) => {
    const { page, context } = await visitWith(browser, house, path);
    const stops = await stopsOf(page);
    expect(stops.slice(0, HEADER.length).map(({ name }) => name)).toEqual(HEADER);
    expect(stops.filter(({ isSeen }) => !isSeen)).toEqual([]);
    expect(stops.filter(({ isMarked }) => !isMarked)).toEqual([]);
    expect(stops.filter(({ name }) => name === '')).toEqual([]);
    // As many as there are: none is out of reach. Of choices of one name the key visits one.
    const reachable = (await page.evaluate(`[...document.querySelectorAll(
      'a[href], button, input:not([type=hidden], [type=radio]), select, textarea, summary, [tabindex="0"]',
    )].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled).length`)) as number;
    expect(stops.length).toBeGreaterThanOrEqual(reachable);
    await context.close();
  },
);

test('the skip link leads past the header, into what the page is about', async () => {
  const { page, context } = await visitWith(browser, house, '/incidents/inc-signing-1');
  await page.keyboard.press('Tab');
  expect(await focus(page)).toMatchObject({ name: 'Skip to the content', isSeen: true, isMarked: true });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
  await context.close();
});

test('the overview is filtered by keys alone', async () => {
  const { page, context } = await visitWith(browser, house, '/');
  await tabTo(page, 'Severity');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, 'Filter');
  await page.keyboard.press('Enter');
  await page.waitForURL(/severity=sev2/);
  const rows = page.getByRole('table', { name: 'Open incidents' }).getByRole('row');
  expect(await rows.filter({ hasText: 'SEV1' }).count()).toBe(0);
  expect(await rows.filter({ hasText: 'SEV2' }).count()).toBeGreaterThan(0);
  await context.close();
});

test('a session that is wider than the window is moved by arrow keys', async () => {
  const { page, context } = await visitWith(browser, house, '/incidents/inc-signing-1', { viewport: PHONE });
  const lanes = page.locator('.lanes').first();
  await lanes.waitFor();
  await tabTo(page, (await lanes.getAttribute('aria-label')) ?? '');
  expect(await focus(page)).toMatchObject({ isSeen: true, isMarked: true });
  await until('it has moved', async () => {
    await page.keyboard.press('ArrowRight');
    return (await lanes.evaluate((one) => one.scrollLeft)) > 0;
  });
  await context.close();
});

describe('a sign-off', () => {
  let world: SignOffWorld;
  beforeAll(async () => {
    world = await signOffWorld();
  });
  afterAll(() => world.stop());

  test('is read and signed by keys alone', async () => {
    const path = `/incidents/${world.incidentId}`;
    const { page, context } = await visitWith(browser, world, path);
    await tabTo(page, 'Review & sign');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /Sign the reversal/ }).waitFor();
    await tabTo(page, 'All 30 actions of this list');
    await page.keyboard.press('Space');
    await tabTo(page, 'Sign');
    expect(await focus(page)).toMatchObject({ tag: 'button', isSeen: true, isMarked: true });
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === path || url.search !== '');
    expect(world.state().signOffs[world.reversal]?.signatures).toMatchObject([{ by: 'person:ana' }]);
    await context.close();
  });
});
