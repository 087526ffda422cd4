import type { Finding } from '../../domain/session/finding.ts';
import { createAddressBook, isForeignAddress, type AddressBook } from '../values/addresses.ts';
import { hasForm, isGeneratedKey, isIdKey, isIdLike, isPlaceholder, maskOf } from '../values/ids.ts';
import { isNumberedId, nounsIn } from '../values/id-nouns.ts';
import type { Ledger } from '../values/ledger.ts';
import type { Call, Reading } from '../narrative.ts';
import type { Profile } from '../learned/profile.ts';
import { isClockReading } from '../values/substance.ts';
import { quoteAt, scanTokens } from '../text/text.ts';
import { leavesOf, type Leaf } from '../values/values.ts';
import { isWrite, toolSpec, type FlagContext, type FlagRule } from './rule.ts';

const RULE = 'entity/1';
const ALWAYS_SUPPORTED = 0.95;
const SEEN_OFTEN_ENOUGH = 2;

interface Watch {
  context: FlagContext;
  slots: Map<string, Profile['idSlots'][number]>;
  /** Forms to look for in text: learned from good sessions, else from the ids of this session as they come. */
  forms: Set<string>;
  /** What ids of this agent are called. */
  nouns: Set<string>;
  flagged: Set<string>;
  addresses: AddressBook;
}

/** Whether an id in this argument must have been mentioned before: it always was in good sessions, or its name says so. */
const mustBeKnown = (
  { slots, forms, context }: Watch,
  tool: string,
  path: string,
  value: string,
): boolean => {
  if (isGeneratedKey(path)) return false;
  const slot = slots.get(`${tool}\u0000${path}`);
  if (slot && slot.count >= SEEN_OFTEN_ENOUGH) return slot.supported >= slot.count * ALWAYS_SUPPORTED;
  return isIdKey(path) || toolSpec(context.tools, tool)?.target === `args.${path}` || hasForm(value, forms);
};

const LONG_NUMBER = /\d{4,}/;
/** Forms of which a list holds several, each another: what its things are called. */
const formsListed = (leaves: readonly Leaf[]): string[] => {
  const others = new Set<string>();
  const listed = new Map<string, { path: string; form: string; ids: Set<string> }>();
  for (const { path, value } of leaves) {
    if (typeof value !== 'string' || !path.includes('[]') || others.has(path)) continue;
    if (!LONG_NUMBER.test(value) || !isIdLike(value) || !/[A-Za-z]/.test(value)) {
      others.add(path);
      continue;
    }
    const form = maskOf(value);
    const row = listed.get(`${path}\u0000${form}`) ?? { path, form, ids: new Set() };
    listed.set(`${path}\u0000${form}`, row);
    row.ids.add(value);
  }
  return [...listed.values()].flatMap(({ path, form, ids }) =>
    ids.size > 1 && !others.has(path) && !isGeneratedKey(path) ? [form] : [],
  );
};

/**
 * From tools that no profile knows: ids under names that say so, those of a list, and, without a profile, ids passed to
 * tools after somebody mentioned them.
 */
const learnForms = (watch: Watch, reading: Reading, ledger: Ledger): void => {
  const { profile } = watch.context;
  for (const { value, tool } of reading.heard) {
    if (typeof value !== 'object' || (profile && (tool === undefined || Object.hasOwn(profile.tools, tool))))
      continue;
    const leaves = leavesOf(value);
    for (const form of formsListed(leaves)) watch.forms.add(form);
    if (profile) continue;
    for (const leaf of leaves) {
      if (typeof leaf.value !== 'string' || !isIdKey(leaf.path) || !isIdLike(leaf.value)) continue;
      watch.forms.add(maskOf(leaf.value));
      for (const noun of nounsIn(leaf.path)) watch.nouns.add(noun);
    }
  }
  if (profile) return;
  for (const leaf of reading.calls.flatMap((c) => leavesOf(c.args))) {
    if (typeof leaf.value === 'string' && isIdLike(leaf.value) && ledger.knows(leaf.value))
      watch.forms.add(maskOf(leaf.value));
  }
};

/** The text is the id. */
const WHOLE = -1;
interface Written {
  id: string;
  place: string;
  /** The text that it stands in, and where. */
  text: string;
  at: number;
  call?: Call;
  path?: string;
}

/** Every id that the model wrote at this step, with where it stands. */
const written = function* (watch: Watch, reading: Reading): Generator<Written> {
  for (const call of reading.calls) {
    for (const { path, value } of leavesOf(call.args)) {
      const text = typeof value === 'number' && Number.isInteger(value) ? String(value) : value;
      if (typeof text !== 'string' || isClockReading(path, value)) continue;
      const place = `call ${call.name}, argument ${path}`;
      if (
        text.includes('@')
          ? isForeignAddress(path, text)
          : isIdLike(text) && mustBeKnown(watch, call.name, path, text)
      )
        yield { id: text, place, text, at: WHOLE, call, path };
      else if (/\s/.test(text))
        for (const found of inText(watch, text)) yield { ...found, place, call, path };
    }
  }
  for (const found of inText(watch, reading.said)) yield { ...found, place: 'output' };
};
const inText = (watch: Watch, text: string): Pick<Written, 'id' | 'text' | 'at'>[] => {
  const out: Pick<Written, 'id' | 'text' | 'at'>[] = [];
  if (watch.forms.size === 0) return out;
  scanTokens(text, (from, to, digits) => {
    const id = digits ? text.slice(from, to) : '';
    if (digits && (hasForm(id, watch.forms) || isNumberedId(id, text, from, watch)))
      out.push({ id, text, at: from });
  });
  return out;
};

/**
 * Runbook: "Flag when a model response references an entity ID … not present in any prior message or tool result in the
 * session." Measured: ids only where good sessions show that such an id is always mentioned first; `#`, case and
 * separators do not count; e-mail addresses by the parts of their domain; placeholders are recorded and raise nothing unless they are written with.
 */
export const entityHallucination: FlagRule = {
  flag: 'ENTITY_HALLUCINATION',
  rule: RULE,
  watch: (context) => {
    const watch: Watch = {
      context,
      slots: new Map((context.profile?.idSlots ?? []).map((s) => [`${s.tool}\u0000${s.path}`, s])),
      forms: new Set(context.profile?.idForms ?? []),
      nouns: new Set((context.profile?.idSlots ?? []).flatMap(({ path }) => nounsIn(path))),
      flagged: new Set(),
      addresses: createAddressBook(),
    };
    return (reading, ledger) => {
      learnForms(watch, reading, ledger);
      watch.addresses.hear(reading);
      const out: Finding[] = [];
      for (const found of written(watch, reading)) {
        if (watch.flagged.has(found.id) || isKnown(watch, ledger, found.id)) continue;
        watch.flagged.add(found.id);
        out.push(findingOf(watch, reading, found, firstWriter(reading, ledger, found.id)));
      }
      return out;
    };
  },
};

const isKnown = ({ addresses }: Watch, ledger: Ledger, id: string): boolean =>
  id.includes('@') ? addresses.knows(id, ledger) : ledger.knows(id);

/** Where a model wrote it first, in words that nobody took for an id then: another agent may have handed it on. */
const firstWriter = ({ modelStep }: Reading, ledger: Ledger, id: string): number => {
  const first = ledger.first(id);
  return first?.source === 'model' && first.piece !== true ? Math.min(first.step, modelStep) : modelStep;
};

const findingOf = (
  { context }: Watch,
  reading: Reading,
  { id, place, text, at, call, path }: Written,
  step: number,
): Finding => {
  const writes = call !== undefined && isWrite(context.tools, call.name);
  const severity = writes ? 'critical' : isPlaceholder(id) ? 'info' : 'warning';
  return {
    flag: 'ENTITY_HALLUCINATION',
    step,
    severity,
    rule: RULE,
    message: `the model wrote the id ${id.slice(0, 80)}, which no message and no tool answer had mentioned`,
    citations: [
      { step: reading.modelStep, place, quote: (at === WHOLE ? text : quoteAt(text, at)).slice(0, 300) },
    ],
    subject: { tool: call?.name ?? null, path: path ?? null, becomes: null },
  };
};
