import { z } from 'zod';
import type { Session } from '../../domain/session/session.ts';
import { Check, createCheckNotes } from './checks.ts';

import { hasForm, isGeneratedKey, isIdKey, isIdLike, maskOf, unifyMasks } from '../values/ids.ts';
import { createLedger } from '../values/ledger.ts';
import { createReader, withinWhich, type Reading } from '../narrative.ts';
import { inCausalOrder } from '../read/causal-order.ts';
import { addSample, emptySamples, Shape, shapeOf, type Samples } from '../values/shape.ts';
import { ArgumentSource, createSourceNotes } from './sources.ts';
import { tokensOf } from '../text/text.ts';
import { createDeedNotes, ToldDeed } from '../told/told-deeds.ts';
import { leavesOf } from '../values/values.ts';

/** Where ids are passed to a tool, and what they look like. */
export const IdSlot = z.object({
  tool: z.string(),
  path: z.string(),
  count: z.number(),
  /** How many of them somebody had mentioned before the model used them. */
  supported: z.number(),
  masks: z.array(z.string()),
});
export type IdSlot = z.infer<typeof IdSlot>;

const Spread = z.object({ median: z.number(), p95: z.number(), max: z.number() });

/**
 * What is normal for an agent, learned from sessions known to be good. Nothing of it is a person's data but short field
 * values (at most twelve a field) and the forms of ids.
 */
export const Profile = z.object({
  version: z.literal(1),
  sessions: z.number(),
  agents: z.array(z.string()),
  tools: z.record(
    z.string(),
    z.object({
      calls: z.number(),
      errors: z.number(),
      empties: z.number(),
      result: Shape,
      perSession: Spread,
      /** Most calls with equal arguments and an equal answer in a row without a person speaking or a write between. */
      maxRepeats: z.number(),
    }),
  ),
  tokens: Spread,
  modelCalls: Spread,
  /** Tokens reported for each character of a model call, so that a jump in use is seen apart from a long history. */
  tokensPerCharacter: Spread.nullable(),
  idSlots: z.array(IdSlot),
  /** Forms of ids that may be looked for in running text. */
  idForms: z.array(z.string()),
  /** Calls that are made after a check; not there in profiles that did not learn them. */
  checks: z.array(Check).optional(),
  /** Where arguments come from; not there in profiles that did not learn it. */
  sources: z.array(ArgumentSource).optional(),
  /** After what the agent says that something is done; not there in profiles that did not learn it. */
  deeds: z.array(ToldDeed).optional(),
});
export type Profile = z.infer<typeof Profile>;

const spreadOf = (numbers: number[]): z.infer<typeof Spread> => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const q = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
  return { median: q(0.5), p95: q(0.95), max: sorted.at(-1) ?? 0 };
};

interface ToolNotes {
  calls: number;
  errors: number;
  empties: number;
  samples: Samples;
  perSession: number[];
  maxRepeats: number;
}
interface Notes {
  tools: Map<string, ToolNotes>;
  slots: Map<
    string,
    { tool: string; path: string; masks: Map<string, number>; count: number; supported: number }
  >;
  checks: ReturnType<typeof createCheckNotes>;
  sources: ReturnType<typeof createSourceNotes>;
  deeds: ReturnType<typeof createDeedNotes>;
  tokens: number[];
  modelCalls: number[];
  perCharacter: number[];
  /** What stands in answers, by tool and path: forms of ids, how many texts are ids, how many of them were new. */
  answered: Map<
    string,
    { masks: Set<string>; texts: number; ids: number; values: Set<string>; named: boolean }
  >;
  /** Tokens of text that have an id's form and that nobody mentioned before the model wrote them, by form. */
  unsupportedText: { token: string }[];
}

/** The length of what a model call read and wrote, in characters. */
export const charactersOf = (step: Session['steps'][number]): number =>
  (step.systemInstructions?.length ?? 0) +
  [...(step.messagesIn ?? []), ...(step.messagesOut ?? [])].reduce(
    (sum, m) => sum + m.content.length + (m.toolCalls?.length ?? 0) * 60,
    0,
  );

const noteSession = (notes: Notes, session: Session): void => {
  const read = createReader(withinWhich(session.steps));
  const ledger = createLedger();
  const calls = new Map<string, number>();
  let tokens = 0;
  let modelCalls = 0;
  const readings: Reading[] = [];
  for (const step of inCausalOrder(session.steps).steps) {
    const reading = read(step);
    readings.push(reading);
    if (step.kind === 'llm') {
      modelCalls += 1;
      const used = (step.inputTokens ?? 0) + (step.outputTokens ?? 0);
      tokens += used;
      const characters = charactersOf(step);
      if (used > 0 && characters > 0) notes.perCharacter.push(used / characters);
    }
    ledger.hear(reading);
    for (const call of reading.calls) noteSlots(notes, call, ledger);
    const texts = reading.calls
      .flatMap((c) => leavesOf(c.args))
      .flatMap(({ value }) => (typeof value === 'string' && /\s/.test(value) ? [value] : []));
    for (const { text } of [reading.said, ...texts].flatMap(tokensOf))
      if (isIdLike(text) && !ledger.knows(text)) notes.unsupportedText.push({ token: text });
    ledger.say(reading);
    if (step.tool) noteTool(notes, step.tool, calls);
    if (step.tool?.status === 'ok') noteAnswered(notes, step.tool);
  }
  notes.checks.note(readings);
  notes.sources.note(readings);
  notes.deeds.note(readings);
  notes.tokens.push(tokens);
  notes.modelCalls.push(modelCalls);
  for (const [name, count] of calls) notes.tools.get(name)?.perSession.push(count);
};

const noteSlots = (
  notes: Notes,
  call: { name: string; args: unknown },
  ledger: ReturnType<typeof createLedger>,
): void => {
  for (const { path, value } of leavesOf(call.args)) {
    const text = typeof value === 'number' && Number.isInteger(value) ? String(value) : value;
    if (typeof text !== 'string' || !isIdLike(text)) continue;
    const key = `${call.name}\u0000${path}`;
    const slot = notes.slots.get(key) ?? {
      tool: call.name,
      path,
      masks: new Map<string, number>(),
      count: 0,
      supported: 0,
    };
    notes.slots.set(key, slot);
    slot.count += 1;
    if (ledger.knows(text)) slot.supported += 1;
    slot.masks.set(maskOf(text), (slot.masks.get(maskOf(text)) ?? 0) + 1);
  }
};

const noteAnswered = (
  notes: Notes,
  { name, result }: NonNullable<Session['steps'][number]['tool']>,
): void => {
  for (const { path, value } of leavesOf(result)) {
    if (typeof value !== 'string' || isGeneratedKey(path)) continue;
    const key = `${name}\u0000${path}`;
    const row = notes.answered.get(key) ?? {
      masks: new Set<string>(),
      texts: 0,
      ids: 0,
      values: new Set<string>(),
      named: isIdKey(path),
    };
    notes.answered.set(key, row);
    row.texts += 1;
    if (!isIdLike(value)) continue;
    row.ids += 1;
    row.masks.add(maskOf(value));
    if (row.values.size < MOST_VALUES) row.values.add(value);
  }
};
const MOST_VALUES = 200;
const ENOUGH_VALUES = 8;
/** A field whose name says that ids stand in it, or whose every value is one, most of them another each time. */
const holdsIds = ({
  named,
  texts,
  ids,
  values,
}: {
  named: boolean;
  texts: number;
  ids: number;
  values: Set<string>;
}): boolean =>
  ids > 0 &&
  (named || (ids === texts && values.size >= Math.max(ENOUGH_VALUES, Math.min(ids, MOST_VALUES) / 2)));

const noteTool = (
  notes: Notes,
  tool: NonNullable<Session['steps'][number]['tool']>,
  calls: Map<string, number>,
): void => {
  const entry = notes.tools.get(tool.name) ?? {
    calls: 0,
    errors: 0,
    empties: 0,
    samples: emptySamples(),
    perSession: [],
    maxRepeats: 0,
  };
  notes.tools.set(tool.name, entry);
  entry.calls += 1;
  calls.set(tool.name, (calls.get(tool.name) ?? 0) + 1);
  if (tool.status === 'error') entry.errors += 1;
  else if (tool.status === 'empty') entry.empties += 1;
  else if (tool.result !== undefined) addSample(entry.samples, tool.result);
};

const MAX_FORMS = 6;
/** A form that the model also makes up in good sessions (sizes, model names) is no form to look for. */
const textForms = (notes: Notes): string[] => {
  const forms = new Set<string>();
  for (const slot of notes.slots.values()) {
    if (slot.supported < slot.count * 0.95 || slot.count < 2) continue;
    for (const mask of unifyMasks(slot.masks.keys())) forms.add(mask);
  }
  for (const row of notes.answered.values())
    if (holdsIds(row)) for (const mask of unifyMasks(row.masks).slice(0, MAX_FORMS)) forms.add(mask);
  const spoiled = new Map<string, number>();
  for (const { token } of notes.unsupportedText) {
    if (hasForm(token, forms)) spoiled.set(maskOf(token), (spoiled.get(maskOf(token)) ?? 0) + 1);
  }
  return [...forms].filter((form) => (spoiled.get(form) ?? 0) < 2).toSorted();
};

/** Known-good sessions → what is normal. Errors and empty answers are counted apart and never shape a tool's answer. */
export const learnProfile = (sessions: Session[]): Profile => {
  const notes: Notes = {
    tools: new Map(),
    slots: new Map(),
    checks: createCheckNotes(),
    sources: createSourceNotes(),
    deeds: createDeedNotes(),
    tokens: [],
    modelCalls: [],
    perCharacter: [],
    answered: new Map(),
    unsupportedText: [],
  };
  for (const session of sessions) noteSession(notes, session);
  return {
    version: 1,
    sessions: sessions.length,
    agents: [...new Set(sessions.map((s) => s.agent).filter((a) => a !== null))],
    tools: Object.fromEntries(
      [...notes.tools]
        .filter(([name]) => name !== '__proto__')
        .map(([name, t]) => [
          name,
          {
            calls: t.calls,
            errors: t.errors,
            empties: t.empties,
            result: shapeOf(t.samples),
            perSession: spreadOf(t.perSession),
            maxRepeats: t.maxRepeats,
          },
        ]),
    ),
    tokens: spreadOf(notes.tokens),
    modelCalls: spreadOf(notes.modelCalls),
    tokensPerCharacter: notes.perCharacter.length > 0 ? spreadOf(notes.perCharacter) : null,
    idSlots: [...notes.slots.values()].map(({ tool, path, count, supported, masks }) => ({
      tool,
      path,
      count,
      supported,
      masks: unifyMasks(masks.keys()).slice(0, 40),
    })),
    idForms: textForms(notes),
    checks: notes.checks.checks(),
    sources: notes.sources.sources(),
    deeds: notes.deeds.deeds(),
  };
};
