import type { App } from '@slack/bolt';
import { refusal } from '../../domain/incident/refusal.ts';
import { Section } from '../../domain/incident/vocabulary.ts';
import { editSectionModal } from '../blocks/modals/postmortem.ts';
import { textIn } from '../blocks/modals/values.ts';
import { sectionWords } from '../../domain/incident/words.ts';
import { proseOf } from '../prose.ts';
import { mergedEdit } from '../section-merge.ts';
import { onOpen } from './clicks.ts';
import type { ListenerDeps } from './deps.ts';
import { answered, onSubmit, wrongInput } from './submits.ts';

/**
 * One section as text. When somebody else saved meanwhile, both people's changes are merged; where they changed the
 * same sentence, both texts stand in the modal and the person merges. Nothing is lost either way.
 */
export function register(app: App, deps: ListenerDeps): void {
  onOpen(app, deps, 'edit_section', 'Postmortem section', ({ state, place, click }) => {
    const section = Section.safeParse(click.section);
    return section.success
      ? editSectionModal(state, section.data, place, null)
      : { ok: false, ...refusal('no-change') };
  });
  onSubmit(app, deps, 'edit_section', async ({ meta, place, values, send, row }) => {
    const text = textIn(values, 'text');
    if (!text) return wrongInput('A section is not empty.', 'Write it, or cancel.', 'text');
    const { section, baseSha256 } = meta;
    const outcome = await send({ type: 'editSection', section, text: proseOf(text), baseSha256 });
    if (outcome.ok || outcome.code !== 'section-changed')
      return answered(outcome, `Saved: ${sectionWords[section]}.`, 'text');
    const state = (await row())?.state;
    const theirs = state?.postmortem.sections[section]?.text;
    if (!state || !theirs || theirs.sha256 === baseSha256) return answered(outcome, '', 'text');
    const merged = await mergedEdit(deps.store.audit, state, { section, text, baseSha256 });
    if (merged) {
      const again = await send({ type: 'editSection', ...merged, text: proseOf(merged.text) });
      if (again.ok)
        return answered(again, `Saved, together with what somebody else wrote: ${sectionWords[section]}.`);
    }
    return { kind: 'next', view: editSectionModal(state, section, place, { text, theirs: theirs.text }) };
  });
}
