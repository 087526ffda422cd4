import { deedsNamedIn, deedsOf, deedsToldIn, isCompletion, isShared, mayDo, type Deed } from './deeds.ts';
import {
  emptyScene,
  follow,
  hearAgent,
  idsIn,
  MAX_TEXT,
  talkOf,
  type Change,
  type Scene,
} from './deed-scene.ts';
import type { Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import type { Hypothesis } from '../origin.ts';
import { asText } from '../read/json.ts';
import { clip, contentWords } from '../text/text.ts';
import { createMeanings, isAskedFor, type Meaning } from './told-deeds.ts';
import { leavesOf } from '../values/values.ts';

const LONGEST_STATE = 60;
const STATE =
  /(?:stat(?:us|e|ut|o)|phase|stage|outcome|estado|état)$|^(?:is|was|has)?_?\p{L}*(?:ed|ed_?at|ed_?on)$/iu;
const ENDED = /^\p{L}*(?:ed|iert|ad[oa]|ée?)(?!\p{L})/iu;
/** The agent owns that something went wrong. */
const REGRETS =
  /(?<!\p{L})(?:sorry|apolog\p{L}*|unfortunately|unable|fail(?:s|ed|ure)?|error|cannot|not|leider|nicht|fehl\p{L}*|lament\p{L}*|désolé\p{L}*|malheureusement|pas|échou\p{L}*)(?!\p{L})|n[’']t(?!\p{L})/iu;
const SEVERAL =
  /(?<!\p{L})(?:both|all|each|beide\p{L}*|alle|ambos|ambas|tod[oa]s|les deux|tous|toutes)(?!\p{L})/iu;
/** Answers and texts of a person that are looked through, the newest. */
const [MOST_ANSWERS, MOST_TEXTS, MOST_CHANGES, MOST_SINCE] = [1000, 50, 300, 30] as const;
const NEWS = /(?<!^)\p{Lu}\p{Ll}+|\d{2,}/gu;
/** A detail or two that only the talk since has make another deed of it. */
const ENOUGH_NEWS = 2;
/** A list below what is told belongs to it. */
const UNIT = 500;

const saysDone = (text: string, deeds: ReadonlySet<number>): boolean =>
  deedsToldIn(text).some(({ word }) => isShared(deedsOf(word), deeds));
/** Whether an answer says itself that it is done: a state, a switch, or a sentence. */
const tellsOfIt = (result: unknown, deeds: ReadonlySet<number>): boolean =>
  leavesOf(result).some(({ path, value }) => {
    const name = path.replace(/^.*\./, '');
    if (value === null || value === false || value === '') return false;
    if (
      STATE.test(name) &&
      isShared(deedsNamedIn(`${name.replaceAll('_', ' ')} ${String(value).slice(0, 200)}`), deeds)
    )
      return true;
    if (typeof value !== 'string') return false;
    return value.length <= LONGEST_STATE
      ? ENDED.test(value) && isShared(deedsNamedIn(value), deeds)
      : saysDone(value, deeds);
  });

/** Whether an earlier change is what is told. */
const isServed = (said: string, deed: Deed, meaning: Meaning, scene: Scene): boolean => {
  const done = scene.changes.slice(-MOST_CHANGES).filter((change) => !change.failed);
  if (done.length === 0) return false;
  const ids = idsIn(deed.sentence);
  if (ids.length > 0) return ids.some((id) => done.some((change) => change.text.includes(id)));
  const before = scene.toldSince
    .slice(-MOST_TEXTS)
    .filter((text) =>
      deedsToldIn(text).some(({ word }) => isCompletion(word) || isShared(deedsOf(word), meaning.deeds)),
    )
    .join('\n')
    .toLowerCase();
  const talk = talkOf(scene).toLowerCase();
  const news = new Set(
    (said.slice(deed.at, deed.at + UNIT).match(NEWS) ?? [])
      .map((word) => word.toLowerCase())
      .filter(
        (word) =>
          talk.includes(word) && !before.includes(word) && !done.some((change) => change.text.includes(word)),
      ),
  );
  return (
    news.size < ENOUGH_NEWS &&
    done.some(({ name }) => meaning.tools.includes(name) || mayDo(name, meaning.deeds))
  );
};
/** Whether an answer about the same, or a person, has said so. */
const isReported = (deed: Deed, { deeds }: Meaning, scene: Scene): boolean => {
  const ids = idsIn(`${deed.sentence} ${talkOf(scene)}`);
  const own = idsIn(deed.sentence);
  const sought = own.length > 0 ? own : ids;
  const last = scene.answers.slice(-MOST_ANSWERS);
  const about = last.filter(({ text }, i) => i >= last.length - 2 || sought.some((id) => text.includes(id)));
  return (
    scene.people.slice(-MOST_TEXTS).some((text) => saysDone(text, deeds)) ||
    about.some(({ result }) => tellsOfIt(result, deeds))
  );
};

/** The change of the last turn that failed, where a sentence tells of it as of the others. */
const failedAmong = ({ sentence }: Deed, scene: Scene): Change | undefined => {
  const since = scene.since.slice(-MOST_SINCE);
  const done = since.filter((change) => !change.failed);
  if (done.length === 0 || done.length === since.length) return done.length === 0 ? since.at(-1) : undefined;
  const lower = sentence.toLowerCase();
  const isSaid = (id: string): boolean =>
    lower.includes(id) || (SEVERAL.test(sentence) && talkOf(scene).toLowerCase().includes(id));
  return since.find(
    (change) =>
      change.failed &&
      done.some(({ name }) => name === change.name) &&
      change.ids.some((id) => !done.some(({ ids }) => ids.includes(id)) && isSaid(id)),
  );
};

const hypothesisOf = (
  reading: Reading,
  deed: Deed,
  { tools }: Meaning,
  failed: Change | undefined,
): Hypothesis => {
  const step = reading.step.stepNumber;
  const [only, another] = tools;
  return {
    kind: 'claimed',
    mode: 'hallucination_propagation',
    step,
    score: 0.5,
    reason: failed
      ? `the step says that something is done (“${deed.word}”), but the call of ${failed.name} had failed and no other did it`
      : `the step says that something is done (“${deed.word}”), but no call did it; ${tools.slice(0, 3).join(', ')} would have`,
    citations: [
      {
        step,
        place: 'output',
        quote: clip(reading.said.slice(Math.max(0, deed.at - 100), deed.at + 180), 280),
      },
      ...(failed ? [{ step: failed.step, place: 'result', quote: clip(failed.text, 280) }] : []),
    ],
    subject: {
      tool: failed?.name ?? (another === undefined ? (only ?? null) : null),
      path: null,
      becomes: null,
    },
  };
};

/** What a text tells of a thing for which the only change failed, as if it had not, without a word of why it did. */
const overlooked = (reading: Reading, said: string, scene: Scene): Hypothesis[] => {
  const failed = scene.since.at(-1);
  if (!failed || scene.left <= 0 || said.includes('?') || scene.told.has(failed.name)) return [];
  scene.left -= 1;
  const lower = said.toLowerCase();
  const id = failed.ids.find((one) => lower.includes(one));
  const named = contentWords(asText(failed.args));
  const why = [...contentWords(asText(failed.result).slice(0, MAX_TEXT))].filter((word) => !named.has(word));
  const words = contentWords(said);
  if (id === undefined || why.some((word) => word.length > 3 && words.has(word))) return [];
  scene.told.add(failed.name);
  const at = lower.indexOf(id);
  return [
    hypothesisOf(
      reading,
      { word: id, sentence: said, at },
      { deeds: new Set(), tools: [], names: new Set() },
      failed,
    ),
  ];
};

/**
 * A deed that the agent says is done, after it was asked for or agreed to, although no changing call was made since, or
 * the one that was made failed. Silent where an earlier change, an answer or a person may be what it speaks of, where a
 * subagent may have done it, and where calls are not captured. Version 1.
 */
export const claimedDeeds = (observed: Observed): Hypothesis[] => {
  const { readings, context } = observed;
  if (context.tools === null || !readings.some((r) => r.step.tool)) return [];
  const meaningOf = createMeanings(observed);
  const scene = emptyScene();
  const judge = (reading: Reading): Hypothesis[] => {
    const said = reading.said.slice(0, MAX_TEXT);
    if (scene.people.length === 0 || scene.isBlind || scene.waiting.size > 0) return [];
    const isDone = scene.since.some((change) => !change.failed);
    if (isDone && !scene.since.some((change) => change.failed)) return [];
    if (scene.since.length > 0 && REGRETS.test(said)) return [];
    let talk: string | null = null;
    for (const deed of deedsToldIn(said)) {
      const meaning = meaningOf(deed, scene.people.at(-1) ?? '');
      if (!meaning || scene.left <= 0 || !isAskedFor((talk ??= talkOf(scene)), meaning)) continue;
      const key = [...meaning.deeds].join() || deed.word;
      const failed = failedAmong(deed, scene);
      if (scene.told.has(key) || (isDone && !failed)) continue;
      scene.left -= 1;
      if (
        failed
          ? tellsOfIt(failed.result, meaning.deeds)
          : isServed(said, deed, meaning, scene) || isReported(deed, meaning, scene)
      )
        continue;
      scene.told.add(key);
      return [hypothesisOf(reading, deed, meaning, failed ?? scene.since.at(-1))];
    }
    return isDone ? [] : overlooked(reading, said, scene);
  };
  return readings.flatMap((reading) => {
    follow(observed, scene, reading);
    if (reading.step.kind !== 'llm' || reading.said === '') return [];
    const found = judge(reading);
    hearAgent(scene, reading);
    return found;
  });
};
