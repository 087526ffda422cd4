import type { KnownBlock, ModalView } from '@slack/types';
import { courseOf } from '../../../domain/incident/course.ts';
import { openBeforeDistribution } from '../../../domain/incident/decisions/postmortem.ts';
import { unplannedClasses } from '../../../domain/incident/classes.ts';
import type { IncidentState } from '../../../domain/incident/state.ts';
import { ChecklistItem, FactorKind, GapKind, Section } from '../../../domain/incident/vocabulary.ts';
import type { Place } from '../../form-ids.ts';
import { button, selectField, textField, tickField } from '../elements.ts';
import { bullets, bold, paragraphs, quote, word } from '../rich.ts';
import { header, safe, said, small } from '../text.ts';
import { factorWords, gapWords, itemWords, plural, sectionWords } from '../../../domain/incident/words.ts';
import { form, sheet } from './modal.ts';

const factorChoices = FactorKind.options.map((kind) => ({ value: kind, label: factorWords[kind] }));
const gapChoices = GapKind.options.map((kind) => ({ value: kind, label: gapWords[kind] }));

/** Rows for new factors: what is missing to the minimum, at least one. */
export const MOST_NEW_FACTORS = 3;
export const newFactorRows = (state: IncidentState): number =>
  Math.min(
    MOST_NEW_FACTORS,
    Math.max(1, state.policy.minContributingFactors - Object.keys(state.postmortem.factors).length),
  );
export const factorBlocks = (place: number): { kind: string; text: string } => ({
  kind: `factor_kind_${place}`,
  text: `factor_text_${place}`,
});

function sections(state: IncidentState): KnownBlock[] {
  return Section.options.map((section): KnownBlock => {
    const found = state.postmortem.sections[section];
    const who = found ? (found.by === 'engine' ? 'drafted by the engine' : 'written by a person') : 'empty';
    return {
      type: 'section',
      block_id: `section_${section}`,
      text: {
        type: 'mrkdwn',
        verbatim: true,
        text: `*${sectionWords[section]}* (${who})\n${found ? safe(found.text.text, 220) : '_nothing yet_'}`,
      },
      accessory: button('Edit', { do: 'edit_section', incidentId: state.incidentId, section }),
    };
  });
}

function factors(state: IncidentState): KnownBlock[] {
  const { incidentId } = state;
  return Object.entries(state.postmortem.factors)
    .slice(0, 20)
    .map(([factorId, factor], i): KnownBlock => ({
      type: 'section',
      block_id: `factor_${i}`,
      text: {
        type: 'mrkdwn',
        verbatim: true,
        text: `*${factorWords[factor.kind]}:* ${safe(factor.text.text, 300)}`,
      },
      accessory: button('Remove', { do: 'remove_factor', incidentId, factorId }),
    }));
}

const newFactors = (state: IncidentState): KnownBlock[] =>
  Array.from({ length: newFactorRows(state) }).flatMap((_none, i) => {
    const ids = factorBlocks(i);
    return [
      selectField(ids.kind, `Factor ${i + 1}: kind`, factorChoices, { optional: true, placeholder: 'Kind' }),
      textField(ids.text, `Factor ${i + 1}: what contributed`, { optional: true, max: 1_000 }),
    ];
  });

function lastSteps(state: IncidentState): KnownBlock[] {
  const { postmortem } = state;
  const open = openBeforeDistribution(state).filter(
    (item) => item !== 'contributing_factors' && item !== 'detection_gap',
  );
  return [
    ...(postmortem.attested
      ? []
      : [
          tickField('attest', 'Attestation', [
            { value: 'attest', label: 'I know of no contributing factor that is left out' },
          ]),
        ]),
    {
      type: 'section',
      block_id: 'preview',
      text: { type: 'mrkdwn', text: 'What is sent, and to whom', verbatim: true },
      accessory: button('Preview', { do: 'preview', incidentId: state.incidentId }),
    },
    ...(postmortem.final
      ? [small(`Version ${postmortem.version} is final. A change makes a new version.`)]
      : [
          tickField('final', 'Distribute', [
            { value: 'final', label: `Make version ${postmortem.version + 1} final and distribute it` },
          ]),
          ...(open.length > 0
            ? [small(`Before that: ${open.map((item) => itemWords[ChecklistItem.parse(item)]).join(', ')}.`)]
            : []),
        ]),
  ];
}

/** What the incident becomes with this gap: the rule is evaluated with what is chosen, before it is saved. */
function courseWith(state: IncidentState, kind: GapKind | null): KnownBlock[] {
  const before = courseOf(state);
  const gap = kind ? { kind, text: { text: '-', sha256: '' } } : state.postmortem.gap;
  const after = courseOf({ ...state, postmortem: { ...state.postmortem, gap } });
  if (!after) return [];
  const words = { bug: 'A bug fix is enough', postmortem: 'Full postmortem' } as const;
  const changes = before !== null && before.course !== after.course ? '*With this gap:* ' : '';
  return [small(`${changes}${words[after.course]}: ${safe(after.rule, 300)}`)];
}

/**
 * Six sections drafted by the engine, and what only people know: factors, detection gap, attestation. `gapKind`: what
 * is chosen in the form that is open, not saved yet.
 */
export function postmortemModal(
  state: IncidentState,
  place: Place,
  gapKind: GapKind | null = null,
): ModalView {
  const unplanned = unplannedClasses(state);
  if (!state.blast || unplanned.length > 0) return notYetModal(state);
  const { gap, factors: known } = state.postmortem;
  const kinds = new Set(Object.values(known).map((factor) => factor.kind)).size;
  return form('postmortem', place, { title: 'Postmortem', submit: 'Save' }, [
    header('What only people know'),
    small(
      `Contributing factors: ${Object.keys(known).length} of at least ${state.policy.minContributingFactors}, ` +
        `${kinds} of at least ${state.policy.minContributingKinds} kinds. A single root cause has no field.`,
    ),
    ...factors(state),
    ...newFactors(state),
    selectField('gap_kind', 'Detection gap: what would have caught this earlier?', gapChoices, {
      optional: true,
      told: true,
      ...(gap ? { initial: gap.kind } : {}),
    }),
    ...courseWith(state, gapKind),
    textField('gap_text', 'Detection gap: in a sentence or two', {
      optional: true,
      multiline: true,
      ...(gap ? { initial: gap.text.text } : {}),
    }),
    ...lastSteps(state),
    header('The six sections'),
    ...sections(state),
  ]);
}

const addressed = (address: string): string =>
  /^[CG][A-Z0-9]+$/.test(address) ? `<#${address}>` : safe(address, 254);

/** What is sent and to whom, before it is: the sections as they stand now. */
export function previewSheet(
  state: IncidentState,
  recipients: { platform: readonly string[]; onCall: readonly string[] },
): ModalView {
  const { sections: written, factors: known, version, final } = state.postmortem;
  const list = (all: readonly string[]): string =>
    all.length > 0
      ? all.slice(0, 30).map(addressed).join(', ')
      : '*nobody: set `distribution` in holdpoint.yaml*';
  return sheet('Distribution preview', [
    said(
      `*Version ${final ? version : version + 1}*, one message each.\n` +
        `Platform: ${list(recipients.platform)}\nOn-call: ${list(recipients.onCall)}`,
    ),
    ...Section.options.map((section) =>
      paragraphs([
        [bold(sectionWords[section])],
        [quote(written[section]?.text.text ?? 'Nothing yet.', 2_500)],
      ]),
    ),
    ...(Object.keys(known).length > 0
      ? [
          paragraphs([[bold('Contributing factors')]]),
          bullets(
            Object.values(known)
              .slice(0, 20)
              .map(({ kind, text }) => [bold(`${factorWords[kind]}: `), quote(text.text, 500)]),
          ),
        ]
      : []),
  ]);
}

/** Runbook, triage step 5: every plan is documented before the postmortem starts. */
function notYetModal(state: IncidentState): ModalView {
  const unplanned = unplannedClasses(state);
  return sheet('Postmortem', [
    said('*The postmortem opens when every irreversible action has its signed plan.*'),
    unplanned.length > 0
      ? bullets(
          unplanned.map((item) => [
            quote(item.spec.tool, 100),
            word(`, ${plural(item.spec.count, 'action')}`),
          ]),
        )
      : said('The blast radius is not mapped yet.'),
  ]);
}

/** One section as text; `theirs` is what somebody else saved meanwhile, shown above one's own words. */
export function editSectionModal(
  state: IncidentState,
  section: Section,
  place: Place,
  mine: { text: string; theirs: string } | null,
): ModalView {
  const found = state.postmortem.sections[section];
  return form(
    'edit_section',
    { ...place, section, baseSha256: found?.text.sha256 ?? null },
    { title: 'Postmortem section', submit: 'Save' },
    [
      said(`*${sectionWords[section]}*`),
      ...(mine
        ? [
            said(
              '*Somebody saved this section while you wrote.* Take over what you want from theirs, then save again.',
            ),
            paragraphs([[bold('Theirs: '), quote(mine.theirs, 2_900)]]),
          ]
        : []),
      textField('text', mine ? 'Yours' : 'Text', {
        multiline: true,
        initial: mine?.text ?? found?.text.text ?? '',
      }),
    ],
  );
}
