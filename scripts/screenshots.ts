/**
 * Takes the pictures of docs/images from a sample of its own: `node --import tsx scripts/screenshots.ts [folder]`.
 * It starts `up` in a temporary folder, plays the people through the stand-in's page in a headless browser, and puts
 * every picture, desktop and phone, into `folder` (default: a temporary one); the four of docs/images with `--docs`.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { CHANNELS, PEOPLE } from '../src/embedded/slack/sample-workspace.ts';
import { type Addresses, startUp } from './screen-up.ts';
import { findBrowser } from '../test/embedded/slack/browser.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const LONG_MS = 60_000;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** One person in front of the stand-in. */
class Seat {
  private readonly page: Page;
  private readonly slack: string;
  readonly person: string;

  constructor(page: Page, slack: string, person: string) {
    this.page = page;
    this.slack = slack;
    this.person = person;
  }

  async open(place: string = CHANNELS.incidents): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(`${this.slack}/#person=${this.person}&place=${place}`);
    await this.page.locator('#sidebar [data-place]').first().waitFor();
  }

  /** The card, or the sign-off of a tool: the newest message with such a header. */
  message(header: RegExp): Locator {
    const { page } = this;
    return page.locator('article.message', { has: page.locator('h3.bk-header', { hasText: header }) }).last();
  }

  get modal(): Locator {
    return this.page.locator('#modal .view');
  }

  async press(message: RegExp, label: RegExp): Promise<void> {
    const button = this.message(message).locator('.bk-button', { hasText: label }).first();
    await button.waitFor({ timeout: LONG_MS });
    await button.click();
  }

  /** Presses what opens a modal, and waits until it is filled. */
  async openModal(message: RegExp, label: RegExp): Promise<void> {
    await this.press(message, label);
    await this.page.locator('#modal .view:not(:has-text("Loading…"))').waitFor({ timeout: LONG_MS });
  }

  async write(block: string, text: string): Promise<void> {
    await this.modal.locator(`[data-block="${block}"] :is(input, textarea)`).first().fill(text);
  }

  async choose(block: string, label: string): Promise<void> {
    await this.modal.locator(`[data-block="${block}"] select`).selectOption({ label });
  }

  async tick(block: string): Promise<void> {
    await this.modal.locator(`[data-block="${block}"] input`).first().check();
  }

  /** Slack says that it had trouble when the answer took long; a person sends again, which counts once. */
  async submit(tries = 4): Promise<void> {
    await this.modal.locator('[data-do="submit"]').click();
    const timeout = LONG_MS / 4;
    await this.modal.waitFor({ state: 'detached', timeout }).catch(async (error: unknown) => {
      if (tries <= 1) throw error;
      await this.submit(tries - 1);
    });
  }

  /** Closes every modal, the one on top first. */
  async close(): Promise<void> {
    for (let left = 5; left > 0 && (await this.modal.count()) > 0; left -= 1) {
      const id = await this.modal.last().getAttribute('data-view');
      await this.modal.locator('[data-do="close-view"]').last().click();
      await this.page.locator(`#modal .view[data-view="${id}"]`).waitFor({ state: 'detached' });
    }
  }

  /** Opens a modal for its picture alone. */
  async peek(message: RegExp, label: RegExp, name: string): Promise<void> {
    await this.openModal(message, label);
    await this.picture(name);
    await this.close();
  }

  /** Opens what is behind `More` for its picture alone. */
  async peekMore(message: RegExp, label: RegExp, name: string): Promise<void> {
    await this.openModal(message, /^\s*More/);
    await this.modal.locator('.bk-button', { hasText: label }).first().click();
    await this.page
      .locator('#modal .view:not(:has-text("Loading…")) [data-do="submit"]')
      .waitFor({ timeout: LONG_MS });
    await this.picture(name);
    await this.close();
  }

  /** Both widths, from the top of `of`. */
  async picture(name: string, of?: Locator): Promise<void> {
    await shoot(this.page, name, async () => {
      if (of) await of.evaluate((element) => element.scrollIntoView({ block: 'start' }));
    });
  }
}

let folder = '';

async function shoot(
  page: Page,
  name: string,
  settle: () => Promise<void> = async () => undefined,
): Promise<void> {
  for (const [size, suffix] of [
    [PHONE, '-phone'],
    [DESKTOP, ''],
  ] as const) {
    await page.setViewportSize(size);
    await settle();
    await page.screenshot({ path: join(folder, `${name}${suffix}.png`) });
  }
  say(`${name}`);
}

const CARD = /SEV2 · loan-agent/;

const BEHIND_MORE: [RegExp, string][] = [
  [/Add a note/, 'note'],
  [/Set the severity/, 'severity'],
  [/Hand over/, 'hand-over'],
  [/Dismiss/, 'dismiss'],
  [/Merge into/, 'merge'],
  [/Resolve as a bug/, 'bug'],
];

/** From the first decision to closure, with a picture of each step. */
async function play(page: Page, { slack, status, mails, temporal }: Addresses): Promise<void> {
  const ana = new Seat(page, slack, PEOPLE.ana);
  const sign = async (person: string, header: RegExp, picture: string | null): Promise<void> => {
    const seat = new Seat(page, slack, person);
    await seat.open();
    await seat.openModal(header, /^\s*Review & sign/);
    const count = /, (\d+) action/.exec((await seat.message(header).locator('h3').textContent()) ?? '')?.[1];
    if (await seat.modal.locator('[data-block="count"]').count()) {
      await seat.write('count', count ?? '');
      await seat.write('reason', 'The plan names every applicant and what each of them gets.');
    }
    if (picture) {
      const body = seat.modal.locator('.view-body');
      await seat.picture(`${picture}-top`, body.locator('> *').first());
      await seat.picture(picture, body.locator('> *').last());
    }
    await seat.submit();
  };

  await ana.open();
  await ana.message(CARD).locator('.bk-button', { hasText: 'Confirm: ' }).waitFor({ timeout: LONG_MS });
  await ana.picture('card', ana.message(CARD));
  await countWords(ana.message(CARD));
  await shoot(await go(page, status), 'status-open');
  await ana.open();
  await ana.peek(CARD, /Choose the mode/, 'mode');
  await ana.peek(CARD, /^\s*More/, 'more');
  for (const [label, name] of BEHIND_MORE) await ana.peekMore(CARD, label, name);
  await ana.press(CARD, /Acknowledge/);
  await ana.openModal(CARD, /First action done/);
  await ana.write('note', 'Three letters went out; the registry has the incomes.');
  await ana.picture('first-action');
  await ana.submit();
  await ana.press(CARD, /Confirm: /);
  await ana.openModal(CARD, /Write plan/);
  await ana.write(
    'plan',
    'Write to each applicant today that the decision was wrong, and decide again with the income read from the registry.',
  );
  await ana.picture('plan');
  await ana.submit();
  await ana.message(/^\s*Sign the remediation plan/).waitFor({ timeout: LONG_MS });
  await ana.picture('sign-off-message', ana.message(/^\s*Sign the reversal/));
  await ana.picture('plan-message', ana.message(/^\s*Sign the remediation plan/));
  await ana.peek(/^\s*Sign the reversal/, /^\s*Deny/, 'deny');
  await ana.peek(/^\s*Sign the reversal/, /^\s*Break glass/, 'break-glass');
  await ana.openModal(CARD, /Checklist/);
  await ana.picture('checklist');
  await ana.close();
  const ben = new Seat(page, slack, PEOPLE.ben);
  await ben.open('home');
  await page.locator('[data-place="home"]').dispatchEvent('click');
  await page.getByText('Waiting for you').waitFor();
  await ben.picture('home');
  await sign(PEOPLE.ben, /Sign the reversal/, 'sign-reversal');
  await sign(PEOPLE.ben, /Sign the remediation plan/, 'sign-off');
  await sign(PEOPLE.chidi, /Sign the remediation plan/, null);
  await ana.open();
  await ana.openModal(CARD, /Record result/);
  await ana.write(
    'result',
    'Every applicant was written to; the applications are decided again by a person.',
  );
  await ana.picture('result');
  await ana.submit();
  await ana.message(CARD).locator('.primary', { hasText: 'Postmortem' }).waitFor({ timeout: LONG_MS });
  await ana.picture('card-postmortem', ana.message(CARD));
  await ana.openModal(CARD, /^\s*Postmortem/);
  const factors: [string, string][] = [
    ['Tool contract', 'The income provider renamed a field without notice.'],
    ['Prompt design', 'The prompt does not say what to do when a figure is missing.'],
    ['Eval coverage', 'No eval covered an answer of another shape.'],
  ];
  for (const [i, [kind, words]] of factors.entries()) {
    await ana.choose(`factor_kind_${i}`, kind);
    await ana.write(`factor_text_${i}`, words);
  }
  await ana.choose('gap_kind', 'An anomaly flag would have caught it');
  await ana.write(
    'gap_text',
    'A check of the shape of each tool answer would have stopped the agent at once.',
  );
  await ana.tick('attest');
  await ana.tick('final');
  await ana.picture('postmortem');
  await ana.submit();
  await ana.openModal(CARD, /^\s*Release the agent/);
  await ana.write('reason', 'The tool contract is checked now, and the field is mapped.');
  await ana.picture('release');
  await ana.submit();
  await ana.message(CARD).locator('.primary', { hasText: 'Request close' }).waitFor({ timeout: LONG_MS });
  await ana.press(CARD, /Request close/);
  const closed = ana.message(/loan-agent · closed/);
  await closed.waitFor({ timeout: LONG_MS });
  await ana.open();
  await closed.waitFor();
  await ana.picture('closed', closed);
  await ana.open(CHANNELS.platform);
  await page.locator('article.message').first().waitFor();
  await ana.picture('platform');
  await shoot(await go(page, status), 'status');
  await go(page, new URL('/incidents?status=ended', status).href);
  await page.locator('a[href^="/incidents/"]').first().click();
  await page.waitForURL(/\/incidents\/.+/);
  await shoot(page, 'incident');
  await shoot(await go(page, mails), 'mails');
  await page.locator('a[href^="/mails/"]').first().click();
  await page.locator('iframe').waitFor();
  await shoot(page, 'mail');
  const html = await page.locator('iframe').getAttribute('src');
  await shoot(await go(page, new URL(html ?? '', mails).href), 'mail-html');
  await page.setViewportSize({ width: 760, height: 1200 });
  const long = (await page.locator('body').boundingBox())?.height ?? 0;
  for (let top = 0, part = 1; top < long; top += 1200, part += 1) {
    const clip = { x: 0, y: top, width: 760, height: Math.min(1200, long - top) };
    await page.screenshot({ path: join(folder, `mail-${part}.png`), fullPage: true, clip });
  }
  await go(page, temporal);
  await page.locator('a[href*="/incident"]').first().click();
  await page.waitForURL(/\/history|\/timeline|\/workflows\/.+/, { timeout: LONG_MS });
  await page.waitForLoadState('networkidle');
  await shoot(page, 'temporal');
}

/** What a person has to read before the first decision, and what stands below the buttons for those who want it. */
async function countWords(card: Locator): Promise<void> {
  const words = (...parts: string[]): number => parts.join(' ').split(/\s+/).filter(Boolean).length;
  const text = await card.innerText();
  const menus = words(...(await card.locator('select').allInnerTexts()));
  const lead = text.slice(text.indexOf('SEV'), text.indexOf('Acknowledge'));
  const buttons = words(...(await card.locator('.bk-button').allInnerTexts()));
  say(
    `words on the card: ${words(text) - menus}; above the buttons ${words(lead)}; on the buttons ${buttons}`,
  );
}

async function go(page: Page, url: string): Promise<Page> {
  await page.goto(url);
  return page;
}

const DOCS = { card: 'card', 'sign-off': 'sign-off', closed: 'closed', mail: 'mail-1' };

async function main(): Promise<void> {
  const [given] = process.argv.slice(2).filter((one) => !one.startsWith('--'));
  folder = given ?? mkdtempSync(join(tmpdir(), 'holdpoint-pictures-'));
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'holdpoint-screens-'));
  const browser: Browser | null = await findBrowser();
  if (!browser) throw new Error('no browser to take pictures with');
  const up = await startUp(home);
  try {
    const page = await browser.newPage({ viewport: DESKTOP, colorScheme: 'light', reducedMotion: 'reduce' });
    await play(page, up.addresses).catch(async (error: unknown) => {
      await shoot(page, 'failed');
      throw error;
    });
  } finally {
    await browser.close();
    await up.stop();
    rmSync(home, { recursive: true, force: true });
  }
  if (process.argv.includes('--docs'))
    for (const [name, from] of Object.entries(DOCS))
      copyFileSync(join(folder, `${from}.png`), join(ROOT, 'docs', 'images', `${name}.png`));
  say(`pictures: ${folder}`);
}

await main();
