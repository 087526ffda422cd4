import type { Browser } from 'playwright-core';
import { findBrowser } from '../embedded/slack/browser.ts';
import { openTcpDoor, type TcpDoor } from '../support/tcp-door.ts';
import { openHouse, type House } from './support/house.ts';
import { late } from './support/incidents.ts';
import { DESKTOP, PHONE, shot, violations, visitWith } from './support/visit.ts';

jest.setTimeout(240_000);

let browser: Browser;
let house: House;
let door: TcpDoor;
beforeAll(async () => {
  const found = await findBrowser();
  if (!found) throw new Error('No browser: see the loud line above');
  browser = found;
  const through = async (address: string): Promise<string> => {
    const url = new URL(address);
    door = await openTcpDoor(Number(url.port));
    url.port = String(door.port);
    return url.href;
  };
  house = await openHouse({}, { through });
  await house.record(late());
});
afterAll(async () => {
  await browser?.close();
  await house?.end();
  await door?.close();
});

test.each([
  ['desktop, light', DESKTOP, 'light'],
  ['phone, dark', PHONE, 'dark'],
] as const)(
  '%s: a page without its database says what to do, and reads again when it is back',
  async (_name, viewport, colorScheme) => {
    const seen = await visitWith(browser, house, '/incidents/inc-late-1', { viewport, colorScheme });
    await seen.page.getByRole('heading', { level: 1, name: /Refunds/ }).waitFor();
    door.set('refuse');
    const answer = await seen.page.goto(`${house.url}/`);
    expect([answer?.status(), answer?.headers()['retry-after']]).toEqual([503, '5']);
    await seen.page.getByRole('heading', { level: 1, name: 'Not available now' }).waitFor();
    await seen.page.getByText('The database does not answer.').waitFor();
    await seen.page.getByText(/Try again in a moment/).waitFor();
    await shot(seen, `away-${colorScheme}`);
    expect(await violations(seen)).toEqual([]);
    door.set('open');
    await seen.page.getByRole('main').getByRole('link', { name: 'Overview' }).click();
    await seen.page.getByRole('table', { name: 'Open incidents' }).waitFor();
    await seen.context.close();
  },
);
