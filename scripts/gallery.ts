/**
 * Takes a picture of every modal that the sample of `screenshots.ts` does not come by: `node --import tsx
 * scripts/gallery.ts [folder]`. The real app and decider, without Temporal, before the stand-in's page on a phone.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { lessonBasis } from '../src/domain/incident/basis.ts';
import { CHANNELS, PEOPLE } from '../src/embedded/slack/sample-workspace.ts';
import { findBrowser } from '../test/embedded/slack/browser.ts';
import { planned, type Planned } from '../test/slack/support/samples.ts';
import * as samples from '../test/slack/support/samples.ts';
import { startWorld, type Name, type World } from '../test/slack/support/world.ts';

const PHONE = { width: 390, height: 1_400 };
const CONFIRM = 'Confirm: tool misfire, step 7';

type Scene = (world: World, look: (name: string, who?: Name) => Promise<void>) => Promise<void>;

const mapped = async (world: World, classes: Planned[]): Promise<void> => {
  world.analysed();
  await world.refresh();
  await world.press('ana', CONFIRM);
  world.mapped(classes);
  await world.refresh();
};
const onCard = async (world: World, label: string): Promise<void> =>
  void (await world.press('ana', label, world.card().ts));

const scenes: Scene[] = [
  async (world, look) => {
    world.analysed();
    await world.refresh();
    await onCard(world, 'Choose the mode');
    await world.fill('ana', { mode: 'tool misfire (0.90)' });
    await world.refresh();
    await look('card-locate');
    await onCard(world, 'Choose the origin');
    await look('origin');
    await world.fill('ana', {});
    await look('path');
  },
  async (world, look) => {
    const now = world.incidents.nowMs();
    const alert = { ...samples.alert(now), sessionId: null };
    world.incidents.open(world.incidentId, samples.AGENT, alert, undefined, []);
    world.engine({
      type: 'offerSessions',
      candidates: [
        { sessionId: 'session-0231', because: 'Ran at that time and decided APP-0231.' },
        { sessionId: 'session-0232', because: 'Ran at that time.' },
      ],
    });
    await world.refresh();
    await look('card-find-session');
    await onCard(world, 'Name the session');
    await look('name-session');
  },
  async (world, look) => {
    const now = world.incidents.nowMs();
    world.incidents.open(world.incidentId, samples.AGENT, samples.alert(now), undefined, []);
    const targetId = `session:${samples.SESSION}`;
    world.engine({ type: 'orderContainment', targetId, action: 'pause', adapter: 'stop-switch' });
    const evidence = 'The agent has not asked its switch for 3 s.';
    world.engine({ type: 'reportContainment', targetId, status: 'unconfirmed', evidence });
    world.engine({
      type: 'reportNoticeLost',
      about: 1,
      what: 'incidentOpened',
      because: 'channel_not_found: Set slack.channel to a channel that exists, and invite the app.',
    });
    await world.refresh();
    await look('card-unconfirmed');
    await onCard(world, 'Take it over');
    await look('take-over');
    await world.person('ana').closeView(world.modal('ana')?.id ?? '', true);
    await onCard(world, 'Retry the stop');
    await world.hears('ana', 'tried again');
    await look('retry');
  },
  async (world, look) => {
    await mapped(world, [planned('irreversible', 2, { tool: 'poke', unknownTool: true })]);
    await look('card-unknown-tool');
    await onCard(world, 'Classify poke');
    await look('classify');
  },
  async (world, look) => {
    const statuses = planned('reversible', 3);
    await mapped(world, [statuses]);
    await world.press('ben', 'Review & sign', world.signOff('Sign the reversal').ts);
    await world.fill('ben', {});
    world.reversed(statuses, 'uncertain');
    await world.refresh();
    await look('card-uncertain');
    await onCard(world, 'Settle uncertain: set_application_status');
    await look('settle');
  },
  async (world, look) => {
    await mapped(world, [planned('reversible', 45)]);
    await look('sign-off-long');
    await world.press('ben', 'Review & sign', world.signOff('Sign the reversal').ts);
    await look('sign-long', 'ben');
    await world.person('ben').closeView(world.modal('ben')?.id ?? '', true);
    await world.press('ben', 'Break glass', world.signOff('Sign the reversal').ts);
    await world.fill('ben', { reason: 'The recall window closes in ten minutes.' });
    await world.refresh();
    await look('glass-broken');
    await world.press('chidi', 'Countersign', world.card().ts);
    await look('countersign', 'chidi');
  },
  async (world, look) => {
    const statuses = planned('reversible', 3);
    await mapped(world, [statuses]);
    await world.press('ben', 'Review & sign', world.signOff('Sign the reversal').ts);
    await world.fill('ben', {});
    world.reversed(statuses);
    world.drafted();
    world.engine({
      type: 'proveItem',
      item: 'eval_regression',
      ok: false,
      basis: lessonBasis(world.state),
      proof: 'The case passes on a variant of the session.',
    });
    await world.refresh();
    await look('card-postmortem');
    await onCard(world, 'Postmortem');
    await look('postmortem');
    await world.press('ana', 'Preview');
    await look('preview');
    await world.person('ana').closeView(world.modal('ana')?.id ?? '');
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'section_impact' });
    await world.until(() => world.modal('ana')?.title?.text === 'Postmortem section', 'opened');
    await look('edit-section');
    await world.person('ana').closeView(world.modal('ana')?.id ?? '', true);
    await onCard(world, 'Checklist');
    await look('checklist');
    await world.person('ana').clickInView(world.modal('ana')?.id ?? '', { blockId: 'item_eval_regression' });
    await world.until(() => world.modal('ana')?.title?.text === 'Attest a link', 'opened');
    await look('attest');
    await world.person('ana').closeView(world.modal('ana')?.id ?? '', true);
    await onCard(world, 'Request close');
    await world.hears('ana', 'Not closed');
    await look('not-closed');
    await world.more('ana', 'Dismiss: false alarm');
    await world.fill('ana', { reason: 'A test of the alert.' });
    await world.refresh();
    await world.press('ben', 'Agree to the ending', world.card().ts);
    await look('agree', 'ben');
  },
  async (world, look) => {
    world.analysed();
    await world.refresh();
    const said = world.person('ben').say(CHANNELS.incidents, 'The loan agent mails nonsense to applicants.');
    await world.person('ana').messageShortcut('holdpoint_report', CHANNELS.incidents, said.ts);
    await world.until(() => !world.reads('ana').includes('Loading…'), 'filled');
    await look('report');
    await world.person('ana').closeView(world.modal('ana')?.id ?? '', true);
    await world.person('ana').slash('/incident', 'list', CHANNELS.incidents);
    await world.person('ana').slash('/incident', `status ${world.incidentId}`, CHANNELS.incidents);
    await world.person('ana').slash('/incident', 'help', CHANNELS.incidents);
    await look('slash');
    await world.person('eve').click(CHANNELS.incidents, world.card().ts, { label: 'Acknowledge' });
    await world.until(() => world.told('eve').length > 0, 'refused');
    await look('viewer', 'eve');
  },
];

async function show(page: Page, world: World, who: Name, file: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${world.standIn.url}/#person=${PEOPLE[who]}&place=${CHANNELS.incidents}`);
  await page.locator('article.message').first().waitFor();
  if (world.modal(who)) await page.locator('#modal .view').last().waitFor();
  await page.screenshot({ path: file });
  process.stderr.write(`${file}\n`);
}

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'holdpoint-gallery-'));
mkdirSync(folder, { recursive: true });
const browser = await findBrowser();
if (!browser) throw new Error('no browser to take pictures with');
try {
  const page = await browser.newPage({ viewport: PHONE, colorScheme: 'light', reducedMotion: 'reduce' });
  for (const scene of scenes) {
    const world = await startWorld();
    try {
      await scene(world, (name, who = 'ana') => show(page, world, who, join(folder, `${name}.png`)));
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    } finally {
      await world.close();
    }
  }
} finally {
  await browser.close();
}
