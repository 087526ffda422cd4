import type { FactOf, FactType, IncidentEvent } from '../../domain/incident/event.ts';
import { sizeOf } from '../../domain/incident/ranges.ts';
import type { IncidentState } from '../../domain/incident/state.ts';
import { ChecklistItem } from '../../domain/incident/vocabulary.ts';
import { nextOf } from './card/lead.ts';
import { mentionOf } from './mention.ts';
import { classOf, type Reader } from './reading.ts';
import { escape, outside, safe } from './text.ts';
import { dueIn } from './times.ts';
import { endingWords, itemWords, plural, severityWords } from '../../domain/incident/words.ts';

/** Who is told beside the channel: a step of the escalation chain, or those who may sign a request. */
export type Audience = 'primary' | 'secondary' | 'manager';

/** What one event is worth saying. mrkdwn. */
export interface Notice {
  text: string;
  /** Loud ones stand in the channel too, others only below the card. */
  loud: boolean;
  mention: Audience | { approversOf: string } | null;
  /** Paged outside Slack as well; the text for it holds nothing of a trace. */
  page: { to: Audience; text: string } | null;
}

type Stamped<T extends FactType> = FactOf<T>['data'];
interface Context {
  state: IncidentState;
  reader: Reader;
  by: string;
}
type Say<T extends FactType> = (data: Stamped<T>, context: Context) => Notice | null;
type Sayings = { [T in FactType]?: Say<T> };

const tool = (state: IncidentState, classId: string | undefined): string =>
  safe(classOf(state, classId ?? '')?.spec.tool ?? 'actions', 60);
const aboutRequest = (state: IncidentState, requestId: string): string => {
  const request = state.signOffs[requestId];
  return `${tool(state, request?.classId)}, ${plural(sizeOf(request?.indices ?? []), 'action')}`;
};
const named = (state: IncidentState): string =>
  `${severityWords[state.severity]} ${outside(state.agent, 60)} (${outside(state.incidentId, 200)})`;

const quiet = (text: string): Notice => ({ text, loud: false, mention: null, page: null });
const loud = (text: string, mention: Notice['mention'] = null): Notice => ({
  text,
  loud: true,
  mention,
  page: null,
});
const paged = (state: IncidentState, to: Audience, what: string): Notice => ({
  text: `*${escape(what)}*`,
  loud: true,
  mention: to,
  page: { to, text: `${named(state)}: ${what}` },
});

/** Somebody has it by now: a page that was held up wakes nobody for nothing. */
const unlessAcknowledged = (state: IncidentState, notice: Notice): Notice =>
  state.acknowledgedAt === null ? notice : { ...notice, mention: null, page: null };

const sayings: Sayings = {
  incidentOpened: (_data, { state }) =>
    unlessAcknowledged(state, paged(state, 'primary', `An incident has opened. ${nextOf(state)}`)),
  pageEscalated: ({ to, isLast }, { state }) => {
    const last = isLast ? ' This is the last page: nobody is paged after it.' : '';
    return unlessAcknowledged(
      state,
      paged(state, to, `Nobody has acknowledged yet. ${nextOf(state)}${last}`),
    );
  },
  acknowledged: (_data, { by }) => quiet(`${by} acknowledged; nobody else is paged.`),
  containmentReported: ({ status }, { state }) =>
    status === 'unconfirmed' || status === 'awaiting_person'
      ? paged(state, 'primary', 'The agent is not known to be stopped. Retry the stop, or take it over.')
      : null,
  sealTroubled: ({ percentOfDeadline }, { state }) =>
    percentOfDeadline >= 50
      ? paged(
          state,
          'primary',
          `The evidence is not sealed, and ${percentOfDeadline} % of the time before rotation is gone.`,
        )
      : null,
  quorumUnreachable: ({ kind, needed, available }) =>
    loud(
      `*No quorum is possible.* ${plural(needed, 'person', 'people')} must sign what is ${kind}; only ${available} may. ` +
        'Add approvers to the configuration or the user group.',
      'manager',
    ),
  approversRefreshed: ({ approverIds }) =>
    approverIds === null
      ? loud('*The list of approvers could not be read, so nobody can sign.*', 'primary')
      : null,
  signOffReminded: ({ requestId }, { state }) =>
    loud(`*Still waiting for a signature:* ${aboutRequest(state, requestId)}.`, { approversOf: requestId }),
  signOffEscalated: ({ requestId, to }, { state }) => ({
    ...paged(
      state,
      to,
      `A sign-off waits for an answer: ${plural(sizeOf(state.signOffs[requestId]?.indices ?? []), 'action')}.`,
    ),
  }),
  signOffExpired: ({ requestId }, { state }) =>
    loud(
      `*Nobody answered:* ${aboutRequest(state, requestId)}. Nothing runs. The request is open again, round ${state.signOffs[requestId]?.round ?? 2}; signatures start anew.`,
      { approversOf: requestId },
    ),
  signOffVoided: ({ requestId, because }, { state }) =>
    loud(`*Void:* ${aboutRequest(state, requestId)}. ${safe(because, 200)} It will be asked for again.`),
  reversalDenied: ({ requestId }, { state, by }) =>
    quiet(`${by} denied: ${aboutRequest(state, requestId)}. Nothing of it runs.`),
  glassBroken: ({ requestId, indices }, { state, by }) =>
    loud(
      `*${by} broke the glass:* ${plural(sizeOf(indices), 'action')} authorised by one person alone, ${aboutRequest(state, requestId)}. ` +
        'Another approver has to countersign, or the incident cannot close.',
      'manager',
    ),
  reversalsReported: ({ done, notDone, uncertain, classId }, { state }) => {
    const text = `Reversals of ${tool(state, classId)}: ${sizeOf(done)} done, ${sizeOf(notDone)} not done, ${sizeOf(uncertain)} uncertain.`;
    return sizeOf(uncertain) > 0
      ? loud(`*${text}* Look in the system itself and settle them; nothing is repeated blindly.`, 'primary')
      : quiet(text);
  },
  receiptReported: ({ status }) =>
    status === 'uncertain' || status === 'refused'
      ? loud(`*A message of the distribution is ${status}.* Settle its receipt on the card.`, 'primary')
      : null,
  distributionReminded: (_data, { state, reader }) =>
    loud(
      `*The postmortem is not distributed yet:* ${dueIn(state.openedAt + state.policy.distributionMs, reader.nowMs)}.`,
      'primary',
    ),
  distributionBreached: ({ openItems }, { state, reader }) => {
    const open = openItems.map((item) => itemWords[ChecklistItem.parse(item)]).join(', ');
    const what = `48 hours are over and the postmortem is not distributed. Open: ${open}.`;
    return {
      ...paged(state, 'manager', what),
      text: `*${escape(what)}*${reader.pageUrl ? ` <${reader.pageUrl}|Page>` : ''}`,
    };
  },
  glassCountersigned: ({ requestId }, { state, by }) =>
    quiet(`${by} countersigned the broken glass: ${aboutRequest(state, requestId)}.`),
  endingWithdrawn: (_data, { by }) => quiet(`${by} withdrew the proposed ending; the incident goes on.`),
  endingProposed: ({ kind }, { by }) =>
    loud(`${by} proposes to end this: *${endingWords[kind]}*. A second person has to agree, on the card.`),
  agentReleased: (_data, { by }) => quiet(`${by} released the agent.`),
  ownerSet: ({ owner }, { reader }) => quiet(`Owner: ${mentionOf(owner, reader.names)}.`),
  severitySet: ({ severity }) => quiet(`Severity: ${severityWords[severity]}.`),
  noteAdded: ({ text }, { by }) => quiet(`Note of ${by}: ${safe(text.text, 2_500)}`),
  postmortemReopened: ({ because }) => quiet(`The postmortem is open again. ${safe(because, 300)}`),
  incidentEnded: ({ status, late }, { state }) =>
    loud(`*${escape(named(state))}: ${endingWords[status]}*${late ? ', late on the record' : ''}.`),
};

/** What to say of one event, or null when the card says it. */
export function noticeOf(event: IncidentEvent, state: IncidentState, reader: Reader): Notice | null {
  const say = sayings[event.type] as Say<FactType> | undefined;
  const by = event.by.kind === 'person' ? mentionOf(event.by.id, reader.names) : 'The engine';
  return say ? say(event.data, { state, reader, by }) : null;
}
