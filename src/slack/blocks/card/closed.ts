import type { IncidentState } from '../../../domain/incident/state.ts';
import { checklistOf } from '../../../domain/incident/checklist.ts';
import { within } from '../budget.ts';
import { mentionOf } from '../mention.ts';
import type { Message } from '../message.ts';
import { countsOf, signers, type Reader } from '../reading.ts';
import { paragraphs, people, quote, row, value, word, type Line } from '../rich.ts';
import { code, escape, header, outside, small } from '../text.ts';
import { lasting, moment } from '../times.ts';
import { endingWords, modeWords, plural, severityWords } from '../../../domain/incident/words.ts';
import { alert, shortPath } from './facts.ts';

function outcome(state: IncidentState, reader: Reader): Line[] {
  const counts = countsOf(state);
  const everyone = [...new Set(Object.values(state.signOffs).flatMap(signers))];
  return [
    ...alert(state),
    ...(state.ending && state.status !== 'closed'
      ? [row('Reason', quote(state.ending.reason.text, 400))]
      : []),
    ...(state.mode.confirmed ? [row('Failure mode', word(modeWords[state.mode.confirmed]))] : []),
    ...(state.origin
      ? [
          row(
            'Fault origin',
            word(`step ${state.origin.step}${state.cascade ? `, path ${shortPath(state.cascade)}` : ''}`),
          ),
        ]
      : []),
    row(
      'Blast radius',
      word(
        `${counts.reversible} reversible, ${counts.reversed} of them reversed; ` +
          `${counts.irreversible} irreversible, ${counts.remediated} remediated`,
      ),
    ),
    ...(everyone.length > 0 ? [row('Signed by', ...people(everyone, reader.names))] : []),
    row('Checklist', word(`${checklistOf(state).filter((item) => item.proven).length} of 11 proven`)),
    ...(reader.head ? [row('Audit chain head', value(reader.head, 64))] : []),
  ];
}

/** The card of an ended incident: frozen, without buttons. */
export function closedCard(state: IncidentState, reader: Reader): Message {
  const ended = state.status === 'open' || state.status === 'none' ? 'closed' : state.status;
  const agent = outside(state.agent, 60);
  const took = state.endedAt === null ? '' : ` after ${lasting(state.endedAt - state.openedAt)}`;
  const late = state.breachedAt === null ? '' : ' · the 48 hours were breached';
  const owner = state.ownerId ? ` · owner ${mentionOf(state.ownerId, reader.names)}` : '';
  const page = reader.pageUrl ? ` · <${reader.pageUrl}|page>` : '';
  return {
    text: `${severityWords[state.severity]} ${escape(agent)}: ${endingWords[ended]}`,
    blocks: within([
      { keep: 1, blocks: [header(`${severityWords[state.severity]} · ${agent} · ${endingWords[ended]}`)] },
      { keep: 1, blocks: [paragraphs(outcome(state, reader))] },
      {
        keep: 1,
        blocks: [
          small(
            `Ended ${moment(state.endedAt ?? state.lastEventAt)}${took}${late}${owner} · ` +
              `${plural(state.seq, 'event')} on record · ${code(state.incidentId, 200)}${page}`,
          ),
        ],
      },
    ]),
  };
}
