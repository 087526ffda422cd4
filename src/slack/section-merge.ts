import type { IncidentState } from '../domain/incident/state.ts';
import type { Section } from '../domain/incident/vocabulary.ts';
import type { Store } from '../store/port.ts';
import { mergedText } from './merge.ts';

/** Slack's own limit of a text field, and the domain's of a person's words. */
const MOST_TEXT = 3_000;

export interface Edit {
  section: Section;
  text: string;
  /** Of what stood there when the person began; null: nothing. */
  baseSha256: string | null;
}

/** What stood there when the person began, from the record; null when it was erased. */
async function baseText(
  audit: Pick<Store['audit'], 'words'>,
  incidentId: string,
  baseSha256: string | null,
): Promise<string | null> {
  if (baseSha256 === null) return '';
  const words = await audit.words(incidentId).catch(() => []);
  return words.find(({ sha256 }) => sha256 === baseSha256)?.text ?? null;
}

/**
 * The edit with what somebody else saved meanwhile, to be saved over theirs. Null where both changed the same sentence,
 * and a person has to choose, or where the record does not show the other text yet.
 */
export async function mergedEdit(
  audit: Pick<Store['audit'], 'words'>,
  state: IncidentState,
  { section, text, baseSha256 }: Edit,
): Promise<Edit | null> {
  const theirs = state.postmortem.sections[section]?.text;
  if (!theirs || theirs.sha256 === baseSha256) return null;
  const base = await baseText(audit, state.incidentId, baseSha256);
  const merged = base === null ? null : mergedText(base, text, theirs.text);
  return merged !== null && merged.length <= MOST_TEXT
    ? { section, text: merged, baseSha256: theirs.sha256 }
    : null;
}
