import { itemBasis } from '../basis.ts';
import { checklistOf, partialSession } from '../checklist.ts';
import { unplannedClasses } from '../classes.ts';
import type { IncidentState } from '../state.ts';
import { Section } from '../vocabulary.ts';
import { decision, own, type DecisionTable, type Rule } from './table.ts';

/** Runbook, triage step 5: "every plan needs to be documented before the postmortem starts". */
const plansFirst: Rule[] = [
  { code: 'map-first', breaks: (s) => s.blast === null },
  {
    code: 'remediation-open',
    breaks: (s) => unplannedClasses(s).length > 0,
    detail: (s) =>
      unplannedClasses(s)
        .map((item) => `${item.spec.tool} (${item.spec.count})`)
        .join(', '),
  },
];

/** As many as one attestation can name. */
const MAX_FACTORS = 50;
const factorIds = (state: IncidentState): string[] => Object.keys(state.postmortem.factors).sort();
const same = (a: string[], b: string[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** What must be proven before a version is final: everything but its own distribution. */
export const openBeforeDistribution = (state: IncidentState): string[] =>
  checklistOf(state)
    .filter((status) => !status.proven && status.item !== 'distributed')
    .map((status) => status.item);

/** The template has six sections; the engine drafts each, so a missing one means that nobody has looked. */
const missingSections = (state: IncidentState): string =>
  Section.options.filter((section) => !state.postmortem.sections[section]).join(', ');

export const postmortem: DecisionTable<
  | 'draftSection'
  | 'editSection'
  | 'addFactor'
  | 'removeFactor'
  | 'attestFactors'
  | 'describeGap'
  | 'proveItem'
  | 'attestItem'
  | 'finalisePostmortem'
> = {
  draftSection: decision<'draftSection'>(
    'draftSection',
    'engine',
    [
      ...plansFirst,
      {
        code: 'section-changed',
        breaks: (s, c) => s.postmortem.sections[c.section]?.by === 'person',
      },
    ],
    (_s, { section, text }) => [{ type: 'sectionDrafted', data: { section, text } }],
  ),

  editSection: decision<'editSection'>(
    'editSection',
    'responder',
    [
      ...plansFirst,
      {
        code: 'section-changed',
        breaks: (s, c) => (s.postmortem.sections[c.section]?.text.sha256 ?? null) !== c.baseSha256,
      },
      {
        code: 'no-change',
        breaks: (s, c) => s.postmortem.sections[c.section]?.text.sha256 === c.text.sha256,
      },
    ],
    (_s, { section, text }) => [{ type: 'sectionEdited', data: { section, text } }],
  ),

  addFactor: decision(
    'addFactor',
    'responder',
    [
      {
        code: 'factor-exists',
        breaks: (s, c) =>
          own(s.postmortem.factors, c.factorId) !== undefined ||
          Object.values(s.postmortem.factors).some((factor) => factor.text.sha256 === c.text.sha256),
      },
      {
        code: 'too-many-factors',
        breaks: (s) => factorIds(s).length >= MAX_FACTORS,
        detail: () => String(MAX_FACTORS),
      },
    ],
    (_s, { factorId, kind, text }) => [{ type: 'factorAdded', data: { factorId, kind, text } }],
  ),

  removeFactor: decision(
    'removeFactor',
    'responder',
    [
      {
        code: 'unknown-factor',
        breaks: (s, c) => own(s.postmortem.factors, c.factorId) === undefined,
      },
    ],
    (_s, { factorId }) => [{ type: 'factorRemoved', data: { factorId } }],
  ),

  // Runbook: "refuses to close the incident until all of them are named"; at least three, no single root cause.
  attestFactors: decision(
    'attestFactors',
    'responder',
    [
      {
        code: 'too-few-factors',
        breaks: (s) => factorIds(s).length < s.policy.minContributingFactors,
        detail: (s) => String(s.policy.minContributingFactors),
      },
      {
        code: 'too-few-kinds',
        breaks: (s) =>
          new Set(Object.values(s.postmortem.factors).map((factor) => factor.kind)).size <
          s.policy.minContributingKinds,
        detail: (s) => String(s.policy.minContributingKinds),
      },
      { code: 'factors-changed', breaks: (s, c) => !same(factorIds(s), [...c.factorIds].sort()) },
      { code: 'no-change', breaks: (s) => s.postmortem.attested !== null },
    ],
    (s) => [{ type: 'factorsAttested', data: { factorIds: factorIds(s) } }],
  ),

  describeGap: decision('describeGap', 'responder', [], (_s, { kind, text }) => [
    { type: 'gapDescribed', data: { kind, text } },
  ]),

  proveItem: decision(
    'proveItem',
    'engine',
    [{ code: 'basis-changed', breaks: (s, c) => c.basis !== itemBasis(s, c.item) }],
    (_s, { item, ok, basis, proof }) => [{ type: 'itemProven', data: { item, ok, basis, proof } }],
  ),

  attestItem: decision(
    'attestItem',
    'responder',
    [
      { code: 'origin-first', breaks: (s, c) => c.item !== 'trace_exported' && s.origin === null },
      { code: 'nothing-missing', breaks: (s, c) => c.item === 'trace_exported' && !partialSession(s) },
      {
        code: 'own-attestation',
        breaks: (s, c) => {
          const before = s.attestations[c.item];
          return (
            before?.link === c.link && before.basis === itemBasis(s, c.item) && before.by.includes(c.by.id)
          );
        },
      },
    ],
    (s, { item, link, reason }) => [
      { type: 'itemAttested', data: { item, link, reason, basis: itemBasis(s, item) } },
    ],
  ),

  finalisePostmortem: decision<'finalisePostmortem'>(
    'finalisePostmortem',
    'responder',
    [
      ...plansFirst,
      {
        code: 'items-open',
        breaks: (s) => openBeforeDistribution(s).length > 0,
        detail: (s) => openBeforeDistribution(s).join(', '),
      },
      { code: 'sections-missing', breaks: (s) => missingSections(s) !== '', detail: missingSections },
      { code: 'already-final', breaks: (s) => s.postmortem.final },
    ],
    (s) => [{ type: 'postmortemFinalised', data: { version: s.postmortem.version + 1 } }],
  ),
};
