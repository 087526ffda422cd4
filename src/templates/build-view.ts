import { checklistOf } from '../domain/incident/checklist.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import type { Section } from '../domain/incident/vocabulary.ts';
import { factorWords } from '../domain/incident/words.ts';
import { sessionContext } from './build/context.ts';
import { impactSection, signOffRows } from './build/impact.ts';
import { originSection } from './build/origin.ts';
import { PostmortemView } from './postmortem-view.ts';
import { eventsOf, nameOf, type PostmortemSource } from './source.ts';
import { duration, utc } from './text.ts';
import { timelineOf } from './timeline.ts';
import { checklistWords, gapWords, modeWords } from './words.ts';

const wordsOf = (state: IncidentState, section: Section): PostmortemView['factors']['words'] => {
  const found = state.postmortem.sections[section];
  return found ? { text: found.text.text, by: found.by } : null;
};

/** The engine's draft of these two sections is questions to the author; a reader gets a person's answer or nothing. */
const personsWords = (state: IncidentState, section: Section): PostmortemView['factors']['words'] => {
  const words = wordsOf(state, section);
  return words?.by === 'person' ? words : null;
};

function classification(source: PostmortemSource): Omit<PostmortemView['classification'], 'words'> {
  const { state } = source;
  const analysis = Object.values(state.sessions).find((session) => session.analysis)?.analysis;
  const { firstAction, mode, openedAt } = state;
  return {
    mode: mode.confirmed && modeWords[mode.confirmed],
    suggested: mode.suggested && modeWords[mode.suggested],
    scores: Object.entries(analysis?.scores ?? {})
      .sort(([, a], [, b]) => b - a)
      .map(([name, score]) => ({
        mode: name in modeWords ? modeWords[name as keyof typeof modeWords] : name,
        score: score.toFixed(2),
      })),
    because: analysis?.because ?? null,
    misfit: mode.misfit?.text ?? null,
    timeToClassify: mode.at === null ? null : `${duration(mode.at - openedAt)} after the alert`,
    firstAction: firstAction && {
      sentence: firstAction.sentence,
      status: firstAction.completedAt === null ? 'open' : `done ${utc(firstAction.completedAt)}`,
    },
  };
}

/** Late stays late on the record: by the breach, or because the clock had run out when this was made. */
function late({ state, renderedAt }: PostmortemSource): string | null {
  if (state.distributed && !state.distributed.late) return null;
  const deadline = state.openedAt + state.policy.distributionMs;
  if (state.breachedAt === null && !state.distributed?.late && renderedAt <= deadline) return null;
  return `Late: it was due ${utc(deadline)}, ${duration(state.policy.distributionMs)} after opening.`;
}

function factors(source: PostmortemSource): PostmortemView['factors'] {
  const { postmortem } = source.state;
  return {
    words: personsWords(source.state, 'contributing_factors'),
    list: Object.values(postmortem.factors).map(({ kind, text }) => ({
      kind: factorWords[kind],
      text: text.text,
    })),
    attested:
      postmortem.attested &&
      `${nameOf(source, postmortem.attested.by)} attested ${utc(postmortem.attested.at)} that none was left out.`,
  };
}

/** Proofs name people by their ids; a reader gets the names. */
function withNames(source: PostmortemSource, proof: string): string {
  const ids = Object.keys(source.names).sort((a, b) => b.length - a.length);
  return ids.reduce((text, id) => text.replaceAll(id, () => nameOf(source, id)), proof);
}

function checklist(source: PostmortemSource): PostmortemView['checklist'] {
  return checklistOf(source.state).map(({ item, proven, proof }) => {
    const underWay = item === 'distributed' && !proven && source.state.postmortem.final;
    return {
      item: checklistWords[item],
      state: proven ? 'proven' : underWay ? 'under way' : 'open',
      proof: underWay
        ? `Under way with this document; the receipts are on record. ${late(source) ?? ''}`
        : withNames(source, proof),
    };
  });
}

/** The view of one postmortem; pure. Every text in it is cleaned by the schema. */
export function buildPostmortemView(source: PostmortemSource): PostmortemView {
  const { state, link, audit, renderedAt } = source;
  const title = eventsOf(source, 'alertReceived')[0]?.data.alert.title ?? state.alerts.first?.title ?? '';
  return PostmortemView.parse({
    incidentId: state.incidentId,
    title: title || 'Agent incident',
    agent: state.agent,
    severity: state.severity.toUpperCase(),
    version: Math.max(1, state.postmortem.version),
    openedAt: utc(state.openedAt),
    renderedAt: utc(renderedAt),
    link,
    course: state.course?.rule ?? null,
    late: late(source),
    sessionContext: { words: wordsOf(state, 'session_context'), ...sessionContext(source) },
    classification: { words: wordsOf(state, 'classification'), ...classification(source) },
    origin: { words: wordsOf(state, 'origin_and_cascade'), ...originSection(source) },
    impact: { words: wordsOf(state, 'impact'), ...impactSection(source) },
    factors: factors(source),
    gap: {
      words: personsWords(state, 'detection_gap'),
      kind: state.postmortem.gap && gapWords[state.postmortem.gap.kind],
      text: state.postmortem.gap?.text.text ?? null,
    },
    checklist: checklist(source),
    signOffs: signOffRows(source),
    timeline: timelineOf(source),
    audit,
  } satisfies PostmortemView);
}
