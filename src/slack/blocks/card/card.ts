import type { KnownBlock } from '@slack/types';
import { phaseOf } from '../../../domain/incident/phase.ts';
import type { IncidentState, SignOff } from '../../../domain/incident/state.ts';
import { sizeOf } from '../../../domain/incident/ranges.ts';
import { within } from '../budget.ts';
import { button } from '../elements.ts';
import { mentionOf } from '../mention.ts';
import type { Message } from '../message.ts';
import { classOf, openRequests, signers, type Reader } from '../reading.ts';
import { paragraphs } from '../rich.ts';
import { code, cut, escape, header, outside, safe, said, small } from '../text.ts';
import { dueIn, moment } from '../times.ts';
import { phaseWords, plural, severityWords } from '../../../domain/incident/words.ts';
import { buttonsOf } from './buttons.ts';
import { closedCard } from './closed.ts';
import { factsOf } from './facts.ts';
import { nextOf } from './lead.ts';

const MOST_REQUESTS = 5;

function lead(state: IncidentState): string {
  const first = state.firstAction;
  const firstAction = first && first.completedAt === null ? `*First:* ${safe(first.sentence, 300)}\n` : '';
  return `${firstAction}*Now:* ${escape(nextOf(state))}`;
}

function pending(state: IncidentState, request: SignOff, nowMs: number): KnownBlock {
  const item = classOf(state, request.classId);
  const kind = request.remediation ? 'Remediation plan' : 'Reversal';
  const due = request.openedAt + state.policy.signOffExpiryMs;
  const text =
    `*${kind}:* ${safe(item?.spec.tool ?? '', 60)}, ${plural(sizeOf(request.indices), 'action')}; ` +
    `${signers(request).length} of ${plural(request.quorum, 'signature')}; ${dueIn(due, nowMs)}`;
  return {
    ...said(text),
    accessory: button('Review & sign', {
      do: 'review',
      incidentId: state.incidentId,
      requestId: request.requestId,
      seen: request.seen,
    }),
  } as KnownBlock;
}

function clocks(state: IncidentState, nowMs: number): string {
  const parts = [`Opened ${moment(state.openedAt)}`];
  if (state.distributed?.version === state.postmortem.version && state.distributed)
    parts.push(state.distributed.late ? 'distributed, LATE' : 'distributed in time');
  else parts.push(`postmortem ${dueIn(state.openedAt + state.policy.distributionMs, nowMs)}`);
  return parts.join(' · ');
}

function who(state: IncidentState, reader: Reader): string {
  const owner = state.ownerId ? `Owner ${mentionOf(state.ownerId, reader.names)}` : 'No owner';
  const seen = state.acknowledgedAt === null ? '*not acknowledged*' : 'acknowledged';
  return `${owner} · ${seen} · agent ${state.held ? 'on hold' : 'released'}`;
}

/** The incident's card: the first action leads, then what is known, what is not, and what this phase needs. */
export function incidentCard(state: IncidentState, reader: Reader): Message {
  if (state.status !== 'open') return closedCard(state, reader);
  const phase = phaseWords[phaseOf(state)];
  const requests = openRequests(state);
  const more = requests.length - MOST_REQUESTS;
  const agent = outside(state.agent, 60);
  return {
    text: cut(`${severityWords[state.severity]} ${escape(agent)}: ${escape(nextOf(state))}`, 1_000),
    blocks: within([
      { keep: 1, blocks: [header(`${severityWords[state.severity]} · ${agent} · ${phase}`)] },
      { keep: 1, blocks: [said(lead(state))] },
      { keep: 1, blocks: buttonsOf(state) },
      {
        keep: 2,
        blocks: [
          ...requests.slice(0, MOST_REQUESTS).map((request) => pending(state, request, reader.nowMs)),
          ...(more > 0 ? [small(`and ${plural(more, 'more sign-off')} in this channel`)] : []),
        ],
      },
      { keep: 2, blocks: [paragraphs(factsOf(state, reader))] },
      { keep: 1, blocks: [small(who(state, reader), clocks(state, reader.nowMs))] },
      { keep: 3, blocks: [small(foot(state, reader))] },
    ]),
  };
}

function foot(state: IncidentState, reader: Reader): string {
  const page = reader.pageUrl ? ` · <${reader.pageUrl}|page>` : '';
  const notes = state.notes > 0 ? ` · ${plural(state.notes, 'note')}` : '';
  const room = reader.room ? ` · <#${reader.room}>` : '';
  return `${code(state.incidentId, 200)}${notes}${page}${room}`;
}
