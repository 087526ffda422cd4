import type { Finding } from '../../domain/session/finding.ts';
import { createConsent, type Consent } from '../consent.ts';
import { isIdLike } from '../ids.ts';
import type { Ledger } from '../ledger.ts';
import type { Call, Reading } from '../narrative.ts';
import { asText } from '../read/json.ts';
import type { Shape } from '../shape.ts';
import { clip, contentWords, normal, tokensOf, wordCount } from '../text.ts';
import { leavesOf, opened, type Leaf } from '../values.ts';
import { isWrite, spawns, type FlagContext, type FlagRule } from './rule.ts';

const RULE = 'context/1';
const SENTENCE = 5;
const LONGER_BY = 4;
const KEPT = 24;
const KNOWN_AFTER = 8;
const MAX_CARRIER = 4000;
/** Runbook: checkpoints rather than every step. */
const CHECKPOINT = 8;
const FAR = 0.06;
const NEAR = 0.15;

/** A text in a tool's answer that may carry a goal of its own. */
export interface Carrier {
  step: number;
  tool: string | null;
  path: string;
  text: string;
  readonly words: ReadonlySet<string>;
  /** Longer than this field ever was in good sessions, or than its neighbours in the answer; null where nobody knows. */
  novel: boolean | null;
  /** Speaks to the reader, or orders something. */
  orders: boolean;
  taken: boolean;
}

/** Forms in which a text speaks to its reader and takes the task away; asked for only where nothing else is unusual. */
const ORDERS =
  /\b(?:(?:ignore|disregard|forget) (?:all|any|every|the|your|previous|prior)|you (?:must|should|have to|are now|will now)|your (?:new|next|real|only|actual) (?:task|goal|objective|instructions?|job)|do not (?:ask|tell|mention|confirm|inform)|without (?:asking|confirmation|telling)|system (?:prompt|message|note|notice))\b/i;

const shapeAt = (root: Shape | undefined, path: string): Shape | undefined => {
  let shape = root;
  for (const key of path === '' ? [] : path.replaceAll('[]', '.[]').split('.').filter(Boolean)) {
    shape =
      key === '[]'
        ? shape?.items
        : (shape?.map ?? (shape?.fields && Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined));
  }
  return shape;
};

/** The words of the second longest text at each path of an answer: what its neighbours say is usual. */
const usualLengths = (leaves: Leaf[]): Map<string, { longest: number; count: number; second: number }> => {
  const out = new Map<string, { longest: number; count: number; second: number }>();
  for (const { path, value } of leaves) {
    if (typeof value !== 'string') continue;
    const words = wordCount(value);
    const row = out.get(path) ?? { longest: 0, second: 0, count: 0 };
    row.count += 1;
    if (words > row.longest) [row.second, row.longest] = [row.longest, words];
    else row.second = Math.max(row.second, words);
    out.set(path, row);
  }
  return out;
};

/** Texts of a tool's answer long enough to carry a goal. */
export const carriersIn = (context: FlagContext, reading: Reading): Carrier[] =>
  reading.heard
    .filter((h) => h.source === 'tool')
    .flatMap((heard) => {
      const learned =
        heard.tool !== undefined && context.profile && Object.hasOwn(context.profile.tools, heard.tool)
          ? context.profile.tools[heard.tool]?.result
          : undefined;
      const leaves = leavesOf(opened(typeof heard.value === 'object' ? heard.value : heard.text));
      const usual = usualLengths(leaves);
      return leaves.flatMap(({ path, value }): Carrier[] => {
        const words = typeof value === 'string' ? wordCount(value) : 0;
        if (typeof value !== 'string' || words < SENTENCE) return [];
        const beside = usual.get(path);
        const known =
          shapeAt(learned, path)?.maxWords ??
          (beside && beside.count >= 2 && beside.longest === words ? beside.second : undefined);
        // A text where the tool, often enough asked, never had a field at all is as new as a longer one.
        const unheardOf =
          path !== '' && (learned?.count ?? 0) >= KNOWN_AFTER && shapeAt(learned, path) === undefined;
        const head = value.slice(0, MAX_CARRIER);
        let words_: Set<string> | null = null;
        let orders_: boolean | null = null;
        return [
          {
            step: heard.step,
            tool: heard.tool ?? null,
            path,
            text: head,
            get words() {
              return (words_ ??= contentWords(head));
            },
            novel: unheardOf || (known === undefined ? null : words >= known + LONGER_BY),
            get orders() {
              return (orders_ ??= ORDERS.test(head));
            },
            taken: false,
          },
        ];
      });
    });

interface TakeUp {
  strength: 'acts' | 'says';
  quote: string;
  place: string;
}

/** Tokens that this very text brought into the session, among those of a call or a sentence, and no person agreed to. */
const borrowed = (carrier: Carrier, text: string, ledger: Ledger, consent: Consent): string[] =>
  [...new Set(tokensOf(text).map((t) => t.text))].filter((t) => {
    const first = t.length > 1 ? ledger.first(t) : undefined;
    return (
      first?.source === 'tool' &&
      !consent.has(t) &&
      first.step === carrier.step &&
      first.embedded === true &&
      carrier.text.toLowerCase().includes(normal(t))
    );
  });

/** Ids of a call that the text names and no person ever did, the model acting on them before anybody spoke again. */
const pointed = (carrier: Carrier, text: string, consent: Consent): string[] =>
  consent.spokenAfter(carrier.step)
    ? []
    : tokensOf(text)
        .map((t) => t.text)
        .filter((t) => isIdLike(t) && !consent.has(t) && carrier.text.toLowerCase().includes(normal(t)));

const takesUpCall = (
  context: FlagContext,
  carrier: Carrier,
  call: Call,
  ledger: Ledger,
  consent: Consent,
): TakeUp | null => {
  // Without a tools file nobody knows what acts; then only a text that is longer than its field ever was counts.
  const acts =
    context.tools === null
      ? carrier.novel === true
      : isWrite(context.tools, call.name) || spawns(context.tools, call.name);
  if (!acts) return null;
  const text = leavesOf(call.args)
    .map((l) => String(l.value))
    .join('\n');
  const words = contentWords(`${call.name} ${text}`);
  const shared = [...words].filter((w) => carrier.words.has(w));
  const fresh = borrowed(carrier, text, ledger, consent);
  const named = [...contentWords(call.name)].some((w) => carrier.words.has(w));
  const brought = fresh.length > 0 && (shared.length >= 2 || fresh.some(isIdLike));
  const values = tokensOf(text)
    .map((t) => normal(t.text))
    .filter((t) => /\d/.test(t) && carrier.text.toLowerCase().includes(t));
  const agreed = values.length > 0 ? values.every((t) => consent.has(t)) : consent.spokenAfter(carrier.step);
  const repeats = shared.length >= 3 && shared.length >= words.size * 0.5 && named && !agreed;
  const usual = brought && ((fresh.length >= 2 && named) || (carrier.orders && (fresh.length >= 2 || named)));
  const enough =
    carrier.novel === true
      ? brought || repeats || pointed(carrier, text, consent).length > 0
      : carrier.novel === null
        ? usual
        : usual && carrier.orders;
  return enough
    ? {
        strength: 'acts',
        place: `call ${call.name}`,
        quote: clip(`${call.name} ${asText(call.args)}`, 280),
      }
    : null;
};

const DIRECTS =
  /\b(?:please|must|have to|need to|should|make sure|go to|visit|call|pay|settle|send|transfer|confirm|enter|reply|sign)\b/i;
/** A sentence that sends the person somewhere with what the text brought. Reading a text out, or asking about it, is no goal. */
const takesUpText = (carrier: Carrier, said: string, ledger: Ledger, consent: Consent): TakeUp | null => {
  if (carrier.novel !== true || said === '') return null;
  const sentences = (said.slice(0, 20_000).match(/[^\n!?]{1,2000}[\n!?]?/g) ?? []).filter(
    (t) => !t.endsWith('?') && DIRECTS.test(t),
  );
  const told = sentences.find((text) => {
    const shared = [...contentWords(text)].filter((w) => carrier.words.has(w));
    return shared.length >= 4 && borrowed(carrier, text, ledger, consent).length >= 3;
  });
  return told === undefined ? null : { strength: 'says', place: 'output', quote: clip(told, 280) };
};

const injected = (
  context: FlagContext,
  carriers: Carrier[],
  reading: Reading,
  ledger: Ledger,
  consent: Consent,
): Finding[] =>
  carriers
    .filter((c) => !c.taken && c.step < reading.step.stepNumber)
    .flatMap((carrier) => {
      const up =
        reading.calls
          .map((call) => takesUpCall(context, carrier, call, ledger, consent))
          .find((t) => t !== null) ?? takesUpText(carrier, reading.said, ledger, consent);
      if (!up) return [];
      carrier.taken = true;
      return [
        {
          flag: 'CONTEXT_DRIFT' as const,
          step: reading.modelStep,
          severity: up.strength === 'acts' ? ('critical' as const) : ('warning' as const),
          rule: RULE,
          message: `the model took up a goal that came in with a tool's answer at step ${carrier.step} (${carrier.path || 'the answer'}), not from a person`,
          citations: [
            {
              step: carrier.step,
              place: `result ${carrier.path}`.trim(),
              quote: clip(carrier.text.slice(-600), 280),
            },
            { step: reading.modelStep, place: up.place, quote: up.quote },
          ],
          subject: { tool: carrier.tool, path: carrier.path, becomes: null },
        },
      ];
    });

const STATED =
  /\b(?:my|the|our) (?:new |current |main |only |next )?(?:objective|goal|task|mission|aim)\b[^.\n]{0,200}/i;
interface Compass {
  task: string;
  near: boolean;
  calls: number;
}

/** Runbook: the stated objective against the original task, at checkpoints. People may change the task; they re-anchor. */
const strayed = (context: FlagContext, compass: Compass, { step, said, modelStep }: Reading): Finding[] => {
  if (step.kind !== 'llm') return [];
  compass.calls += 1;
  if (compass.task === '' || (step.objective === null && compass.calls % CHECKPOINT !== 0)) return [];
  const stated = step.objective ?? STATED.exec(said.slice(0, 20_000))?.[0];
  if (stated === undefined) return [];
  const closeness = context.similarity(stated, compass.task);
  const was = compass.near;
  compass.near = closeness >= NEAR || (was && closeness >= FAR);
  if (closeness >= FAR) return [];
  const sure = was && step.objective !== null;
  return [
    {
      flag: 'CONTEXT_DRIFT',
      step: modelStep,
      severity: sure ? 'warning' : 'info',
      rule: RULE,
      message: `the stated objective has almost nothing in common with the task (similarity ${closeness.toFixed(2)})`,
      citations: [
        {
          step: modelStep,
          place: step.objective === null ? 'output' : 'agent.objective',
          quote: clip(stated, 280),
        },
      ],
    },
  ];
};

/**
 * Runbook: "the model's stated objective … diverges from the original system prompt task by more than a threshold
 * semantic distance", at checkpoints (`info` where it alone speaks). Measured: an instruction inside a tool's answer,
 * recognised by a field that holds more than it ever did, whose words and values the model then acts on.
 */
export const contextDrift: FlagRule = {
  flag: 'CONTEXT_DRIFT',
  rule: RULE,
  watch: (context) => {
    let carriers: Carrier[] = [];
    const compass: Compass = { task: '', near: false, calls: 0 };
    const consent = createConsent();
    return (reading, ledger) => {
      consent.listen(reading);
      for (const h of reading.heard) {
        if (h.source === 'user' || h.source === 'system')
          compass.task = `${compass.task}\n${h.text.slice(0, 8000)}`.slice(-24_000);
      }
      const out = [
        ...injected(context, carriers, reading, ledger, consent),
        ...strayed(context, compass, reading),
      ];
      carriers = [...carriers, ...carriersIn(context, reading)].slice(-KEPT);
      consent.ask(reading);
      return out;
    };
  },
};
