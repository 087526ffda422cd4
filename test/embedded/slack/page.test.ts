import type { Browser, Page } from 'playwright-core';
import { CHANNELS, PEOPLE } from '../../../src/embedded/slack/sample-workspace.ts';
import { startPair } from './bolt-app.ts';
import type { Pair } from './bolt-app.ts';
import { findBrowser } from './browser.ts';
import { card, everyInput, loading } from './sample-card.ts';

/** Screenshots for looking at, only when a folder for them is named. */
const SHOTS = process.env['HOLDPOINT_SCREENSHOTS'];

describe('the page of the stand-in, in a browser', () => {
  let browser: Browser | null = null;
  let pair: Pair;
  let page: Page;
  const submitted: Record<string, unknown>[] = [];

  beforeAll(async () => {
    browser = await findBrowser();
  });
  afterAll(async () => await browser?.close());

  beforeEach(async () => {
    if (browser === null) throw new Error('No browser: see the loud line above');
    submitted.length = 0;
    pair = await startPair({
      shortcuts: [{ callbackId: 'report', name: 'Report an agent failure', type: 'message' }],
    });
    const { app } = pair;
    app.action('review', async ({ ack, body, client }) => {
      if (!('trigger_id' in body)) throw new Error('no trigger');
      const { view } = await client.views.open({ trigger_id: body.trigger_id, view: loading() });
      await ack();
      await client.views.update({ view_id: view?.id ?? '', hash: view?.hash ?? '', view: everyInput() });
    });
    app.action('deny', async ({ ack, respond }) => {
      await ack();
      await respond({ text: 'Denied', response_type: 'ephemeral' });
    });
    app.action('severity', async ({ ack, client, body }) => {
      await ack();
      const [action] = 'actions' in body ? body.actions : [];
      const chosen = action?.type === 'static_select' ? action.selected_option.value : '';
      await client.chat.postMessage({ channel: CHANNELS.incidents, text: `Severity is now *${chosen}*` });
    });
    app.view('sign', async ({ ack, view }) => {
      submitted.push(view.state.values);
      const wrong = view.state.values['count']?.['typed']?.value !== '2';
      await ack(
        wrong ? { response_action: 'errors', errors: { count: 'Two actions are ticked' } } : undefined,
      );
    });
    app.command('/incident', async ({ ack }) => await ack('No incident is open'));
    page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    page.on('pageerror', (error) => {
      throw error;
    });
  });
  afterEach(async () => {
    await page.close();
    await pair.close();
  });

  const shot = async (name: string) => {
    if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/${name}.png` });
  };

  async function open(person: string, channel: string): Promise<void> {
    await page.goto(pair.standIn.pageFor(person, channel));
  }

  it('shows a card, opens its modal, shows errors by field, and sends what was filled in', async () => {
    const { client, standIn } = pair;
    await client.chat.postMessage({
      channel: CHANNELS.incidents,
      text: 'Incident',
      blocks: card(Math.floor(Date.now() / 1_000)),
    });
    await open(PEOPLE.ana, CHANNELS.incidents);
    await page.getByText('Slack stand-in – sample, not Slack').waitFor();
    await page.getByRole('heading', { name: '🚨 Loan agent declines valid applications' }).waitFor();
    expect(await page.locator('.mention').allTextContents()).toEqual(['@Ana Ruiz']);
    expect(await page.getByText('<img src=x onerror=alert(1)> *not bold* <!channel>').count()).toBe(1);
    await shot('card');

    await page.getByRole('button', { name: 'Review & sign' }).click();
    await page.getByText('Actions to reverse').waitFor();
    await page.getByLabel('One').first().check();
    await page.getByRole('button', { name: 'Sign', exact: true }).click();
    await page.getByText('Please complete this required field.').first().waitFor();
    await page.getByLabel('Two').first().check();
    await page.locator('[data-block=reason] textarea').fill('read every plan');
    await page.locator('[data-block=count] input').fill('3');
    await page.locator('[data-block=mode] select').selectOption({ label: 'Two' });
    await page.locator('[data-block=kinds]').getByLabel('Three').check();
    await page.locator('[data-block=owner] select').selectOption({ label: 'Ben Okafor' });
    await page.locator('[data-block=told]').getByLabel('Eve Marsh').check();
    await page.locator('[data-block=sure]').getByLabel('One').check();
    await page.locator('[data-block=day] input').fill('2026-08-01');
    await shot('modal');
    await page.getByRole('button', { name: 'Sign', exact: true }).click();
    await page.getByText('Two actions are ticked').waitFor();
    await shot('modal-errors');
    expect(await page.locator('[data-block=reason] textarea').inputValue()).toBe('read every plan');
    await page.locator('[data-block=count] input').fill('2');
    await page.getByRole('button', { name: 'Sign', exact: true }).click();
    await page.locator('dialog#modal').waitFor({ state: 'hidden' });

    expect(submitted.at(-1)).toMatchObject({
      actions: { ticked: { selected_options: [{ value: 'v-One' }, { value: 'v-Two' }] } },
      reason: { text: { value: 'read every plan' } },
      count: { typed: { value: '2' } },
      mode: { picked: { selected_option: { value: 'v-Two' } } },
      kinds: { picked: { selected_options: [{ value: 'v-Three' }] } },
      owner: { picked: { selected_user: PEOPLE.ben } },
      told: { picked: { selected_users: [PEOPLE.eve] } },
      sure: { picked: { selected_option: { value: 'v-One' } } },
      day: { picked: { selected_date: '2026-08-01' } },
    });
    expect(standIn.state.violations).toEqual([]);
  });

  it('asks for a confirmation, takes a select and a command, and refreshes by itself', async () => {
    const { client } = pair;
    await client.chat.postMessage({
      channel: CHANNELS.incidents,
      text: 'Incident',
      blocks: card(1_750_000_000),
    });
    await open(PEOPLE.ben, CHANNELS.incidents);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('The reversals will not run.').waitFor();
    await shot('confirm');
    await page.getByRole('button', { name: 'Back' }).click();
    expect(pair.standIn.state.deliveries).toEqual([]);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.locator('#confirm').getByRole('button', { name: 'Deny' }).click();
    await page.getByText('Only visible to you').waitFor();
    await page.locator('.message select').selectOption({ label: 'SEV2' });
    await page.getByText('Severity is now SEV2').waitFor();
    const picked = await page.evaluate('document.querySelector(".message select").selectedOptions[0].label');
    expect(picked).toBe('SEV2');
    await page.getByLabel('Message or slash command').fill('/incident list');
    await page.keyboard.press('Enter');
    await page.getByText('No incident is open').waitFor();
    await client.chat.postMessage({ channel: CHANNELS.incidents, text: 'Came while you looked' });
    await page.getByText('Came while you looked').waitFor();
    await shot('channel');
  });

  it('shows an error when the app is away, threads, the Home tab, and fits a phone', async () => {
    const { client, standIn } = pair;
    const { ts } = await client.chat.postMessage({
      channel: CHANNELS.incidents,
      text: 'Incident',
      blocks: card(1_750_000_000),
    });
    await client.chat.postMessage({ channel: CHANNELS.incidents, text: 'A reply', thread_ts: ts ?? '' });
    await client.views.publish({
      user_id: PEOPLE.ana,
      view: {
        type: 'home',
        blocks: [{ type: 'header', text: { type: 'plain_text', text: 'My decisions' } }],
      },
    });
    await page.setViewportSize({ width: 390, height: 780 });
    await open(PEOPLE.ana, CHANNELS.incidents);
    await page.getByRole('button', { name: '1 reply' }).click();
    await page.locator('#thread').getByText('A reply').waitFor();
    await shot('phone-thread');
    await page.getByRole('button', { name: 'Close thread' }).click();
    standIn.setRequestUrl('http://127.0.0.1:9/slack/events');
    await page.getByRole('button', { name: 'Review & sign' }).click();
    await page.locator('#toasts').getByText('We had some trouble connecting').waitFor();
    await shot('phone-card');
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Channels' }).click();
    await shot('phone-nav');
    await page.getByRole('button', { name: 'Holdpoint · Home' }).click();
    await page.getByRole('heading', { name: 'My decisions' }).waitFor();
    await shot('phone-home');
  });
});
