import {
  alert,
  ana,
  ben,
  engine,
  HOUR,
  kim,
  MINUTE,
  prose,
  story,
  T0,
  type Story,
} from '../../domain/incident/story.ts';

const AGENTS = ['loan-agent', 'mail-agent', 'refund-agent', 'triage-agent', 'order-agent'];
const TITLES = [
  'Decline rate of loan applications at 100 %',
  'Refunds sent twice',
  'Letters to the wrong people',
  'Orders without an address',
  'Tickets closed as spam',
  'Token use far above baseline',
];
const SEVERITIES = ['sev1', 'sev2', 'sev3', 'sev4'] as const;

/** Small, and the same every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const pick = <T>(all: readonly T[], roll: number): T => all[Math.floor(roll * all.length)] as T;

/** From the alert as far as `share` of a life goes; 1 is closed. */
function live(lived: Story, share: number, roll: () => number): Story {
  if (share < 0.03) return lived;
  lived.give('takeOwnership', roll() < 0.5 ? ana : ben, {}).contained();
  if (share < 0.06) return lived;
  lived.sealed().analysed();
  if (share < 0.1) return lived;
  lived.located().mapped().approvers();
  if (share < 0.14) return lived.wait(MINUTE).asked('r-status', 'status');
  if (share < 0.17)
    return lived
      .give('proposeEnding', ana, {
        kind: 'dismissed',
        reason: prose('A planned test of the alert.'),
        fixUrl: null,
        intoIncidentId: null,
      })
      .give('secondEnding', kim, { reason: null });
  lived.wait(Math.floor(roll() * 300) * MINUTE);
  lived.reversed().remediated().sections().factors().gap().proven().give('finalisePostmortem', ana, {});
  if (share < 0.19) return lived.planned();
  if (share < 0.24) {
    lived.wait(50 * HOUR).give('tick', engine, {});
  }
  return lived
    .planned()
    .receipt('rcp-platform')
    .receipt('rcp-oncall')
    .give('releaseAgent', ana, { reason: prose('The contract is pinned.') })
    .give('requestClose', ana, {});
}

/** Incidents of two years, each lived by the decider: most are closed, some in every phase, some late or dismissed. */
export function* manyIncidents(count: number): Generator<Story> {
  for (let i = 0; i < count; i += 1) {
    const roll = dice(i + 1);
    const agent = pick(AGENTS, roll());
    const lived = story();
    lived.at = T0 - Math.floor(roll() * 2 * 365 * 24) * HOUR;
    const incidentId = `${agent}-${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}-${i}`;
    lived.opened({
      incidentId,
      agent,
      dedupKey: incidentId,
      alert: alert({
        alertId: incidentId,
        title: `${pick(TITLES, roll())}, region ${Math.floor(roll() * 40)}`,
        severity: pick(SEVERITIES, roll()),
      }),
    });
    yield live(lived, roll(), roll);
  }
}
