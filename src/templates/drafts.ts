import { FactorKind, Section } from '../domain/incident/vocabulary.ts';
import { factorWords } from '../domain/incident/words.ts';
import { intendedBehaviour, leadingSession, sessionContext } from './build/context.ts';
import { impactSection } from './build/impact.ts';
import { originSection } from './build/origin.ts';
import type { PostmortemSource } from './source.ts';
import { clean, cut, duration, oneLine } from './text.ts';
import { factorQuestions, modeWords } from './words.ts';

/** A draft has at most this many characters: prose of a section. */
export const DRAFT_MAX = 3_000;

function contextDraft(source: PostmortemSource): string {
  const lines = sessionContext(source).sessions.map(
    (s) =>
      `Session ${s.sessionId}: ${s.timeRange ?? 'time range not known, it is not sealed'}; ${s.modelCalls ?? 'unknown'} LLM calls, ${s.tokens?.toLocaleString('en-US') ?? 'unknown'} tokens. ${s.baseline}`,
  );
  const intended = intendedBehaviour(leadingSession(source)?.session ?? null);
  const behaviour = intended
    ? `Intended behaviour (${intended.source.toLowerCase()}): ${cut(oneLine(intended.text), 1_200)}`
    : 'Intended behaviour: not captured in the sealed session. Say in plain language what the agent was meant to do.';
  return [
    ...lines.slice(0, 8),
    ...(lines.length > 8 ? [`… and ${lines.length - 8} more sessions.`] : []),
    behaviour,
  ].join('\n');
}

function classificationDraft({ state }: PostmortemSource): string {
  const { mode } = state;
  const analysis = Object.values(state.sessions).find((session) => session.analysis)?.analysis;
  const said = mode.confirmed
    ? `${modeWords[mode.confirmed]}, confirmed by a person.`
    : 'The failure mode is not confirmed yet.';
  const engine = analysis
    ? `The engine suggested ${modeWords[analysis.mode]}${mode.at === null ? '' : ` ${duration(mode.at - state.openedAt)} after the alert`}: ${analysis.because}`
    : 'There is no analysis yet.';
  const misfit = mode.misfit ? [`What does not fit: ${mode.misfit.text}`] : [];
  const action = state.firstAction ? [`First action: ${state.firstAction.sentence}`] : [];
  return [said, engine, ...misfit, ...action].join('\n');
}

function originDraft(source: PostmortemSource): string {
  const origin = originSection(source);
  if (origin.step === null) return 'The fault origin is not confirmed yet.';
  const why = origin.reason ?? 'The engine did not rank this step.';
  const first = origin.window.messages[0];
  const saw = first ? [`At that step, ${first.role}: ${cut(oneLine(first.text), 500)}`] : [];
  return [
    `The wrong premise entered at step ${origin.step} of session ${origin.sessionId}${origin.stepName ? ` (${origin.stepName})` : ''}.`,
    why,
    `Cascade path: ${origin.cascade ?? 'not confirmed yet'}. Final wrong output: ${origin.symptom ? `step ${origin.symptom}` : 'no symptom step known'}.`,
    ...saw,
  ].join('\n');
}

function impactDraft(source: PostmortemSource): string {
  const impact = impactSection(source);
  const classes = impact.classes
    .filter((item) => !item.replaced)
    .map(
      (item) =>
        `${item.count} × ${item.tool}, ${item.kind}: ${item.status}${item.plan ? ` Plan: ${cut(oneLine(item.plan), 200)}` : ''}`,
    );
  return [impact.summary, ...classes].join('\n');
}

/** Questions across kinds, not answers: what was found is said, which factors there are is for people to name. */
function factorsDraft(source: PostmortemSource): string {
  const drift = leadingSession(source)?.analysis?.findings ?? [];
  const found = drift
    .filter((finding) => finding.severity !== 'info')
    .slice(0, 5)
    .map((finding) => `- ${finding.flag} at step ${finding.step}: ${cut(oneLine(finding.message), 200)}`);
  const { minContributingFactors: atLeast, minContributingKinds: kinds } = source.state.policy;
  return [
    `Name at least ${atLeast} contributing factors of at least ${kinds} kinds. List each one explicitly.`,
    ...FactorKind.options.map((kind) => `- ${factorWords[kind]}: ${factorQuestions[kind]}`),
    ...(found.length > 0 ? ['What the engine flagged:', ...found] : []),
  ].join('\n');
}

function gapDraft({ state }: PostmortemSource): string {
  const first = state.alerts.first;
  const origin = state.origin && state.sessions[state.origin.sessionId]?.seal;
  const delay =
    first && origin
      ? `The session began ${duration(state.openedAt - origin.sessionStartedAtMs)} before the incident opened.`
      : 'How long the failure went unseen is not known.';
  return [
    "Why didn't observability catch this before users were affected?",
    'Missing anomaly flag? No eval coverage for this failure pattern? No guard rail on the tool call?',
    first ? `It was noticed by ${first.source}: ${cut(oneLine(first.title), 200)}` : 'No alert is on record.',
    delay,
  ].join('\n');
}

const drafts: Record<Section, (source: PostmortemSource) => string> = {
  session_context: contextDraft,
  classification: classificationDraft,
  origin_and_cascade: originDraft,
  impact: impactDraft,
  contributing_factors: factorsDraft,
  detection_gap: gapDraft,
};

/** What the engine knows of each of the six sections, in the template's order. */
export const draftSections = (source: PostmortemSource): { section: Section; text: string }[] =>
  Section.options.map((section) => ({
    section,
    text: cut(clean(drafts[section](source)).trim(), DRAFT_MAX),
  }));
