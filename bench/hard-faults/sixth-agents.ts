/** Two agents in a row: what the first gets wrong, the second repeats. */
import type { Kind, Planted } from './kind.ts';
import { day, distinct } from './scene.ts';
import { asks, exchange, says, type ModelTurn, type Rng, type Talk } from './talk.ts';

import { deed, type Deed } from './sixth-scenes.ts';

/** One subagent finds out, another acts on it; what the first got wrong, the agent and the second repeat. */
const technicians =
  (invents: boolean) =>
  (rng: Rng, wrong: boolean, talk: Talk): Deed => {
    const [a, b, c] = distinct(rng, 3, 4100, 4999).map((n) => `TC-${n}`) as [string, string, string];
    const district = 2 + rng.below(30);
    const roster = rng.shuffle([
      { technician: a, district, skill: 'heating' },
      { technician: b, district: district + 1, skill: 'heating' },
    ]);
    const told = wrong ? (invents ? c : b) : a;
    const date = day(rng);
    const asked = `Find out which heating technician serves district ${district}.`;
    const report = says(`District ${district} is served by ${told}.`);
    const [, first] = exchange('delegate_task', { agent: 'roster-desk', task: asked }, report.text);
    const spawns: ModelTurn = {
      role: 'model',
      text: '',
      calls: [{ id: first.id, name: first.name, args: first.args }],
    };
    first.sub = {
      id: `${talk.id}/roster`,
      agent: 'roster-desk',
      system: 'You answer questions about the roster.',
      budget: null,
      turns: [asks(asked), ...exchange('duty_roster', { skill: 'heating' }, { entries: roster }), report],
    };
    const order = `Book ${told} for district ${district} on ${date}.`;
    const [hands, second] = exchange(
      'delegate_task',
      { agent: 'booking-desk', task: order },
      `${told} is booked.`,
    );
    const [books, booked] = exchange(
      'book_technician',
      { technician: told, district, date },
      { booked: true, technician: told, date },
    );
    second.sub = {
      id: `${talk.id}/booking`,
      agent: 'booking-desk',
      system: 'You book technicians.',
      budget: null,
      turns: [asks(order), books, booked, says(`${told} is booked.`)],
    };
    const last = says(`${told} will come on ${date}.`);
    return {
      turns: [
        asks(
          `My heating in district ${district} is cold. Please send the technician of my district on ${date}.`,
        ),
        spawns,
        first,
        hands,
        second,
        last,
      ],
      planted: {
        mode: invents ? 'hallucination_propagation' : 'tool_misfire',
        ...(invents ? {} : { orModes: ['hallucination_propagation'] }),
        origin: report,
        findings: invents
          ? [{ flag: 'ENTITY_HALLUCINATION', at: report, also: [first, hands, second, books, booked, last] }]
          : [],
        subagents: [first.sub, second.sub],
        note: `${told} of ${JSON.stringify(roster)}`,
      },
    };
  };

export const SIXTH_AGENTS: Kind<Planted>[] = [
  deed('invented', 'sixth: an id made up by the first of two agents', technicians(true)),
  deed('misread', 'sixth: the wrong one taken by the first of two agents', technicians(false)),
];
export const SIXTH_AGENT_TOOLS = {
  duty_roster: { effect: 'read' },
  book_technician: { effect: 'write', reversible: true, target: 'args.technician' },
} as const;
