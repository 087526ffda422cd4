import type { HomeView, KnownBlock } from '@slack/types';
import type { IncidentState, SignOff } from '../../domain/incident/state.ts';
import { phaseOf } from '../../domain/incident/phase.ts';
import { sizeOf } from '../../domain/incident/ranges.ts';
import { nextOf } from './card/lead.ts';
import { button } from './elements.ts';
import { brokenGlasses, classOf, openRequests } from './reading.ts';
import { whoMaySign } from './sign-off/message.ts';
import { code, escape, header, safe, said, small } from './text.ts';
import { dueIn, moment } from './times.ts';
import { phaseWords, plural, severityWords } from '../../domain/incident/words.ts';

/** One incident in a list, with the address of its card. */
export interface Listed {
  state: IncidentState;
  cardUrl: string | null;
}

const MOST_LISTED = 15;

const title = ({ state, cardUrl }: Listed): string => {
  const words = `${severityWords[state.severity]} ${safe(state.agent, 60)}`;
  return cardUrl ? `<${cardUrl}|${words}>` : `*${words}*`;
};

function decision(listed: Listed, request: SignOff, nowMs: number): KnownBlock {
  const { state } = listed;
  const item = classOf(state, request.classId);
  const text =
    `${title(listed)}: sign ${request.remediation ? 'the remediation plan' : 'the reversal'} of ` +
    `${safe(item?.spec.tool ?? '', 60)}, ${plural(sizeOf(request.indices), 'action')}; ` +
    dueIn(request.openedAt + state.policy.signOffExpiryMs, nowMs);
  const { incidentId } = state;
  const { requestId, seen } = request;
  return {
    type: 'section',
    text: { type: 'mrkdwn', verbatim: true, text },
    accessory: button('Review & sign', { do: 'review', incidentId, requestId, seen }),
  };
}

/** What waits for this person: requests they may sign, endings they may agree to. */
function decisions(all: Listed[], actorId: string, nowMs: number): KnownBlock[] {
  return all.flatMap((listed) => {
    const { state } = listed;
    const requests = openRequests(state).filter((request) => whoMaySign(state, request).includes(actorId));
    const ending: KnownBlock[] =
      state.ending && state.ending.proposedBy !== actorId
        ? [
            {
              type: 'section',
              text: { type: 'mrkdwn', verbatim: true, text: `${title(listed)}: another ending is proposed` },
              accessory: button('Read it', { do: 'second_ending', incidentId: state.incidentId }),
            },
          ]
        : [];
    const glasses = brokenGlasses(state)
      .filter(({ glass, requestedBy }) => glass?.by !== actorId && requestedBy !== actorId)
      .filter(() => mayCountersign(state, actorId))
      .map(({ requestId }): KnownBlock => ({
        type: 'section',
        text: { type: 'mrkdwn', verbatim: true, text: `${title(listed)}: a broken glass to countersign` },
        accessory: button(
          'Countersign',
          { do: 'countersign', incidentId: state.incidentId, requestId },
          { apart: requestId },
        ),
      }));
    return [...requests.map((request) => decision(listed, request, nowMs)), ...glasses, ...ending];
  });
}

const mayCountersign = (state: IncidentState, actorId: string): boolean =>
  state.approvers?.ids?.includes(actorId) === true && !state.ownerIds.includes(actorId);

const MOST_DUE = 5;

/** What ends soonest, over every open incident: answers to sign-offs, and the 48 hours. */
function due(all: Listed[], nowMs: number): KnownBlock[] {
  const dues = all.flatMap((listed): { at: number; text: string }[] => {
    const { state } = listed;
    const signOffs = openRequests(state).map((request) => ({
      at: request.openedAt + state.policy.signOffExpiryMs,
      text: `${title(listed)}: signatures for ${safe(classOf(state, request.classId)?.spec.tool ?? '', 60)}`,
    }));
    const isOut = state.distributed !== null && state.distributed.version === state.postmortem.version;
    const postmortem = {
      at: state.openedAt + state.policy.distributionMs,
      text: `${title(listed)}: postmortem`,
    };
    return isOut ? signOffs : [...signOffs, postmortem];
  });
  const soonest = dues.sort((a, b) => a.at - b.at).slice(0, MOST_DUE);
  return soonest.length > 0
    ? [header('Due next'), said(soonest.map(({ at, text }) => `• ${text}, ${dueIn(at, nowMs)}`).join('\n'))]
    : [];
}

/** An incident as a line: what it waits for, and when the 48 hours end. */
export function listedLine(listed: Listed, nowMs: number): string {
  const { state } = listed;
  const due =
    state.distributed?.version === state.postmortem.version && state.distributed
      ? 'distributed'
      : `postmortem ${dueIn(state.openedAt + state.policy.distributionMs, nowMs)}`;
  return (
    `${title(listed)} · ${phaseWords[phaseOf(state)]} · opened ${moment(state.openedAt)} · ${due}\n` +
    `${escape(nextOf(state))} ${code(state.incidentId, 200)}`
  );
}

const lines = (all: Listed[], nowMs: number): KnownBlock[] => [
  ...all.slice(0, MOST_LISTED).map((listed) => said(listedLine(listed, nowMs))),
  ...(all.length > MOST_LISTED ? [small(`and ${plural(all.length - MOST_LISTED, 'more incident')}`)] : []),
];

/** Home: my open decisions, what is due, my incidents, the other open ones. */
export function homeView(open: Listed[], actorId: string, nowMs: number): HomeView {
  const waiting = decisions(open, actorId, nowMs);
  const mine = open.filter(({ state }) => state.ownerId === actorId);
  const others = open.filter(({ state }) => state.ownerId !== actorId);
  return {
    type: 'home',
    blocks: [
      header('Waiting for you'),
      ...(waiting.length > 0 ? waiting.slice(0, 30) : [said('Nothing waits for you.')]),
      ...due(open, nowMs),
      ...(mine.length > 0 ? [header('Your incidents'), ...lines(mine, nowMs)] : []),
      header(mine.length > 0 ? 'Other open incidents' : 'Open incidents'),
      ...(others.length > 0 ? lines(others, nowMs) : [said('None.')]),
    ].slice(0, 100),
  };
}
