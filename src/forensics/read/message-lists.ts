import type { Message } from '../../domain/session/step.ts';
import { afterText, isObject, noteSound, parseJson } from './json.ts';

/** One element of a list text and where it stands in it. */
interface Element {
  from: number;
  to: number;
  messages: Message[];
}
interface Kept {
  text: string;
  role: string;
  elements: Element[];
}
type ReadOne = (value: unknown, role: string) => Message[];

/**
 * Reads lists of messages (JSON text) of one session. Each model call repeats what was said before, so a list is held
 * against the last few, and only what is new in it is parsed; what is repeated is the same object. Bounded.
 */
export interface MessageLists {
  /** What a model was given; null for what is no JSON list. */
  heard: (text: string, role: string, readOne: ReadOne) => Message[] | null;
  /** What a model answered: it comes back as an element of the next list. */
  said: (text: string, role: string, readOne: ReadOne) => Message[] | null;
  /** One message of a list that was laid flat, by its place in the list; made anew where its fields are others than before. */
  flat: (place: string, fields: readonly Field[], make: () => Message[]) => Message[];
}
/** A field of a flattened message: its name within the message, and its value. */
export type Field = readonly [name: string, value: unknown];

const MAX_KEPT = 8;
const MAX_SAID = 64;
const MAX_FLAT = 10_000;
const PROBE = 48;
const [QUOTE, COMMA, OPEN, CLOSE, BEGIN, END] = ['"', ',', '[', ']', '{', '}'].map((c) => c.charCodeAt(0));
const isSpace = (c: number): boolean => c === 32 || (c >= 9 && c <= 13);

/** The places of the elements from `from`, after the bracket or a comma, to the end of the list; null where it is broken. */
const placesIn = (text: string, from: number): [number, number][] | null => {
  const places: [number, number][] = [];
  let [depth, start, end] = [0, -1, -1];
  for (let i = from; i < text.length;) {
    const c = text.charCodeAt(i);
    if (isSpace(c)) {
      i += 1;
      continue;
    }
    if (depth === 0 && (c === COMMA || c === CLOSE)) {
      if (start >= 0) places.push([start, end]);
      // A comma without an element before it; a closed list may be empty, but may not end in a comma.
      else if (c === COMMA || places.length > 0 || text.charCodeAt(from - 1) === COMMA) return null;
      if (c === CLOSE) return text.slice(i + 1).trim() === '' ? places : null;
      start = -1;
      i += 1;
      continue;
    }
    if (start < 0) start = i;
    if (c === OPEN || c === BEGIN) depth += 1;
    else if (c === CLOSE || c === END) depth -= 1;
    if (depth < 0) return null;
    i = c === QUOTE ? afterText(text, i) : i + 1;
    end = i;
  }
  return null;
};

/** The elements with which a text begins that stand in a kept one from its `first` on, at their places in the text. */
const repeatedFrom = (kept: Kept, first: number, text: string): Element[] => {
  const out: Element[] = [];
  let at = 1;
  for (let i = first; i < kept.elements.length; i += 1) {
    const element = kept.elements[i];
    if (!element) break;
    const to = at + element.to - element.from;
    const next = text.charCodeAt(to);
    if (next !== COMMA && next !== CLOSE) break;
    if (!text.startsWith(kept.text.slice(element.from, element.to), at)) break;
    out.push({ from: at, to, messages: element.messages });
    if (next === CLOSE) break;
    at = to + 1;
  }
  return out;
};

const repeatedIn = (kept: Kept, text: string): Element[] => {
  const probe = text.slice(1, 1 + PROBE);
  for (let first = 0; first < kept.elements.length; first += 1) {
    const from = kept.elements[first]?.from ?? 0;
    const begin = kept.text.startsWith(probe, from) ? repeatedFrom(kept, first, text) : [];
    if (begin.length > 0) return begin;
  }
  return [];
};

export const createMessageLists = (): MessageLists => {
  let recent: Kept[] = [];
  const answers = new Map<string, Message[]>();
  const flat = new Map<string, { fields: readonly Field[]; messages: Message[] }>();

  const elementAt = (text: string, [from, to]: [number, number], role: string, readOne: ReadOne): Element => {
    const part = text.slice(from, to);
    return { from, to, messages: answers.get(part) ?? readOne(parseJson(part), role) };
  };
  const elementsOf = (text: string, role: string, readOne: ReadOne): Element[] | null => {
    const found = { at: -1, elements: [] as Element[] };
    recent.some((kept, at) => {
      if (kept.role !== role) return false;
      found.elements = repeatedIn(kept, text);
      found.at = at;
      return found.elements.length > 0;
    });
    const { elements } = found;
    const last = elements.at(-1)?.to ?? 0;
    const isWhole = elements.length > 0 && text.charCodeAt(last) === CLOSE;
    const places = isWhole
      ? text.slice(last + 1).trim() === ''
        ? []
        : null
      : placesIn(text, elements.length > 0 ? last + 1 : 1);
    if (!places) return null;
    for (const place of places) elements.push(elementAt(text, place, role, readOne));
    const rest = recent.filter((_, at) => at !== (elements.length > places.length ? found.at : -1));
    recent = [{ text, role, elements }, ...rest].slice(0, MAX_KEPT);
    return elements;
  };
  const read = (text: string, elements: () => Element[] | null): Message[] | null => {
    if (text.charCodeAt(0) !== OPEN) return null;
    try {
      const found = elements();
      if (found) noteSound(text);
      return found && found.flatMap(({ messages }) => messages);
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  };

  return {
    flat: (place, fields, make) => {
      const kept = flat.get(place);
      const isSame =
        kept?.fields.length === fields.length &&
        kept.fields.every(([name, value], i) => name === fields[i]?.[0] && value === fields[i]?.[1]);
      if (kept && isSame) return kept.messages;
      const messages = make();
      if (flat.size < MAX_FLAT || kept) flat.set(place, { fields, messages });
      return messages;
    },
    heard: (text, role, readOne) => read(text, () => elementsOf(text, role, readOne)),
    said: (text, role, readOne) =>
      read(text, () => {
        const places = placesIn(text, 1);
        return (
          places &&
          places.map(([from, to]) => {
            const part = text.slice(from, to);
            const value = parseJson(part);
            const messages = readOne(value, role);
            // Without a role of its own the same element would mean another's words where it is heard.
            if (isObject(value) && typeof value['role'] === 'string') answers.set(part, messages);
            const [oldest] = answers.keys();
            if (answers.size > MAX_SAID && oldest !== undefined) answers.delete(oldest);
            return { from, to, messages };
          })
        );
      }),
  };
};
