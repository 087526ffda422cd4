import { CHANNELS } from '../../src/embedded/slack/sample-workspace.ts';
import type { Acted } from '../../src/embedded/slack/people/person.ts';
import { allElements, type Found, type PersonInput } from '../../src/embedded/slack/people/fields.ts';
import { optionsOf } from '../../src/embedded/slack/block-kit/validate.ts';
import type { View } from '../../src/embedded/slack/workspace/model.ts';
import { PEOPLE } from '../../src/embedded/slack/sample-workspace.ts';
import { Dice } from '../domain/incident/random/dice.ts';
import { planned } from './support/samples.ts';
import { startWorld, type Name, type World } from './support/world.ts';

const WHO: Name[] = ['ana', 'ben', 'chidi', 'dana', 'eve', 'guest'];
const WORDS = [
  'Seen.',
  'It is right.',
  '7, 9, 12',
  'https://example.org/fix/1',
  'session-0231',
  '<!channel> 💥',
];
const STEPS = 60;

/** What a person would put into a field; null leaves it as it is. */
function inputFor({ element }: Found, dice: Dice): PersonInput {
  switch (element.type) {
    case 'plain_text_input':
      return dice.one(WORDS).slice(0, element.max_length ?? 3_000);
    case 'number_input':
      return dice.one(['2', '3', '7', '41']);
    case 'static_select':
    case 'radio_buttons':
      return dice.one(optionsOf(element)).value;
    case 'checkboxes':
      return dice.some(optionsOf(element)).map(({ value }) => value);
    case 'users_select':
      return dice.one([PEOPLE.ana, PEOPLE.ben, PEOPLE.guest]);
    default:
      return null;
  }
}

/** One person's seat: what they can press and send, and whether they saw an answer. */
class Walk {
  private readonly world: World;
  private readonly dice: Dice;
  /** For the message of a failure. */
  readonly path: string[] = [];
  private plans = 0;

  constructor(world: World, seed: number) {
    this.world = world;
    this.dice = new Dice(seed);
  }

  async step(): Promise<void> {
    const { world, dice } = this;
    if (dice.chance(0.25)) await world.refresh();
    if (dice.chance(0.04)) this.replan();
    const who = dice.one(WHO);
    if (dice.chance(0.1)) world.standIn.faults.add({ deliver: 'duplicate' });
    const seen = this.sees(who);
    const acted = await this.act(who);
    world.standIn.faults.clear();
    // What a client refuses by itself never left the phone; closing is answered by closing.
    if (acted === null || acted.delivery === null) return;
    expect({ path: this.path.slice(-5), status: acted.delivery.status }).toMatchObject({ status: 200 });
    // The same words below the same field are an answer too.
    if (acted.delivery.body.includes('"errors"')) return;
    await world.until(
      () => this.sees(who) !== seen && !world.reads(who).includes('"Loading…"'),
      () => `${who} sees an answer after ${this.path.slice(-5).join(', ')}`,
    );
  }

  private act(who: Name): Promise<Acted | null> {
    const { world, dice } = this;
    const modal = world.modal(who);
    if (modal) return this.inModal(who, modal);
    if (dice.chance(0.1)) return this.say(who, '/incident list', () => this.slash(who));
    const pressable = world
      .messages()
      .flatMap((message) =>
        allElements(message.blocks).flatMap((found) =>
          found.element.type === 'button' ? [{ ts: message.ts, found }] : [],
        ),
      );
    if (pressable.length === 0) return Promise.resolve(null);
    const { ts, found } = dice.one(pressable);
    const { actionId, blockId } = found;
    return this.say(who, actionId, () =>
      world.person(who).click(CHANNELS.incidents, ts, { actionId, blockId }),
    );
  }

  private inModal(who: Name, modal: View): Promise<Acted | null> {
    const { world, dice } = this;
    const elements = allElements(modal.blocks);
    const buttons = elements.filter(({ element }) => element.type === 'button');
    const roll = dice.roll();
    if (roll < 0.15 || (modal.submit === null && buttons.length === 0))
      return this.say(who, 'close', () => world.person(who).closeView(modal.id));
    if (roll < 0.4 && buttons.length > 0) {
      const { actionId, blockId } = dice.one(buttons);
      return this.say(who, actionId, () => world.person(who).clickInView(modal.id, { actionId, blockId }));
    }
    if (modal.submit === null) return Promise.resolve(null);
    const values: Record<string, PersonInput> = {};
    for (const found of elements) {
      const input = dice.chance(0.85) ? inputFor(found, dice) : null;
      if (input !== null) values[`${found.blockId}/${found.actionId}`] = input;
    }
    return this.say(who, modal.callbackId, () => world.person(who).submitView(modal.id, values));
  }

  private slash(who: Name): Promise<Acted> {
    return this.world.person(who).slash('/incident', 'list', CHANNELS.incidents);
  }

  private async say(who: Name, what: string, act: () => Promise<Acted>): Promise<Acted> {
    this.path.push(`${who}: ${what}`);
    return await act();
  }

  /** A session joins, and the engine maps again, with other actions: what was asked for becomes void. */
  private replan(): void {
    const { world, dice } = this;
    if (world.state.status !== 'open' || !world.state.origin) return;
    this.plans += 1;
    world.joined(`session-joined-${this.plans}`);
    const tool = `set_application_status_${this.plans}`;
    world.mapped([planned('reversible', 2 + dice.below(3), { tool }), planned('irreversible', 2)]);
    this.path.push('engine: another plan');
  }

  /** Everything that a person can tell an answer by. */
  private sees(who: Name): string {
    const { workspace } = this.world.standIn.state;
    const stack = workspace.stacks[PEOPLE[who]] ?? [];
    const views = stack.map((id) => [id, workspace.views[id]?.hash, workspace.views[id]?.errors]);
    return JSON.stringify([views, this.world.told(who).length]);
  }
}

/** Each command is decided once: what it did stands together in the record, under one id. */
async function decidedOnce(world: World): Promise<void> {
  const events = await world.store.audit.events(world.incidentId);
  const ids = events.map(({ commandId }) => commandId).filter((id) => id.startsWith('slack:'));
  const runs = ids.filter((id, i) => id !== ids[i - 1]);
  expect(runs).toEqual([...new Set(runs)]);
  expect(events.filter(({ type }) => type === 'acknowledged').length).toBeLessThanOrEqual(1);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, i) => i + 1));
}

describe('clicks in any order', () => {
  it.each([1, 2, 3, 4, 5, 6])('are answered each, break nothing and count once (seed %i)', async (seed) => {
    const world = await startWorld();
    try {
      world.analysed();
      await world.refresh();
      await world.press('ana', 'Confirm: tool misfire, step 7');
      world.mapped([planned('reversible', 3), planned('irreversible', 2)]);
      await world.refresh();
      const walk = new Walk(world, seed);
      for (let i = 0; i < STEPS; i += 1) await walk.step();
      await world.refresh();
      expect(world.standIn.state.violations).toEqual([]);
      await decidedOnce(world);
    } finally {
      await world.close();
    }
  });
});
