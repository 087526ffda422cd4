import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { TOKENS, type House } from './house.ts';

/** Pictures for looking at, only when a folder for them is named. */
const SHOTS = process.env['HOLDPOINT_SCREENSHOTS'];
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the browser complained of. */
  complaints: string[];
}

export interface Visitor {
  token?: string | null;
  viewport?: { width: number; height: number };
  colorScheme?: 'light' | 'dark';
  javaScriptEnabled?: boolean;
  timezoneId?: string;
  /** Whether the test holds the page's clock. */
  holdsClock?: boolean;
}

/** Opens a page in a browser of its own, signed in where a token is given, and hears what the browser complains of. */
export async function visitWith(
  browser: Browser,
  at: Pick<House, 'url'>,
  path: string,
  visitor: Visitor = {},
): Promise<Visit> {
  const {
    token = TOKENS.TOKEN_ANA,
    viewport = DESKTOP,
    colorScheme = 'light',
    javaScriptEnabled = true,
    timezoneId = 'UTC',
    holdsClock = false,
  } = visitor;
  const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled, timezoneId });
  const page = await context.newPage();
  if (holdsClock) await page.clock.install();
  page.setDefaultTimeout(60_000);
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
  // A machine at its limit may let no connection to Postgres through for ten seconds; the page says to try again.
  for (let tries = 0; tries < 5 && (await page.title()).startsWith('Not available now'); tries += 1) {
    complaints.length = 0;
    await page.reload();
  }
  return { page, context, complaints };
}

export async function shot({ page }: Visit, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

export const violations = async ({ page }: Visit): Promise<string[]> => {
  const { violations: found } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
};
