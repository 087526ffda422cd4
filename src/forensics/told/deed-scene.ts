import { isWrite, spawns } from '../flags/rule.ts';
import { isIdLike } from '../values/ids.ts';
import { saidByPeople, type Reading } from '../narrative.ts';
import type { Observed } from '../observe.ts';
import { asText } from '../read/json.ts';
import { normal, tokensOf } from '../text/text.ts';

export const MAX_TEXT = 6000;
/** Of the talk before, so many texts of each side are what was asked for and agreed to. */
const TALK = 2;
/** Changes of one turn that are kept, the newest. */
const MOST_SINCE = 100;

/** What came of a change, as far as it is known. */
export interface Change {
  name: string;
  step: number;
  failed: boolean;
  args: unknown;
  result: unknown;
  readonly ids: readonly string[];
  readonly text: string;
}
/** What was said, asked for and changed up to a step. */
export interface Scene {
  changes: Change[];
  /** Since a person last spoke. */
  since: Change[];
  answers: { result: unknown; readonly text: string }[];
  people: string[];
  /** What the agent said after the last change, and all of it, newest last. */
  toldSince: string[];
  agent: string[];
  /** Calls that no answer is known of. */
  waiting: Set<string>;
  /** An answer whose call was not captured may be that of a change. */
  isBlind: boolean;
  told: Set<string>;
  /** How often it may still be looked for what a deed that was told may be. */
  left: number;
}
const MOST_JUDGED = 50;

export const idsIn = (text: string): string[] =>
  tokensOf(text).flatMap((token) => (isIdLike(token.text) ? [normal(token.text)] : []));

export const emptyScene = (): Scene => ({
  changes: [],
  since: [],
  answers: [],
  people: [],
  toldSince: [],
  agent: [],
  waiting: new Set(),
  isBlind: false,
  told: new Set(),
  left: MOST_JUDGED,
});
export const talkOf = ({ people, agent }: Scene): string =>
  [...people.slice(-TALK), ...agent.slice(-TALK)].join('\n').slice(-MAX_TEXT);

/** Takes in what a step heard, called and was answered; what the agent says is heard when it was judged. */
export const follow = ({ context }: Pick<Observed, 'context'>, scene: Scene, reading: Reading): void => {
  const { step, heard, calls } = reading;
  const changes = (name: string): boolean => isWrite(context.tools, name) || spawns(context.tools, name);
  const texts = saidByPeople(reading).map((text) => text.slice(0, MAX_TEXT));
  if (texts.length > 0) {
    scene.people.push(texts.join('\n'));
    scene.since = [];
    scene.isBlind = false;
  }
  if (heard.some((h) => h.source === 'tool' && h.place === 'input')) scene.isBlind = true;
  if (step.kind === 'llm')
    for (const { callId, name } of calls) if (callId !== null && changes(name)) scene.waiting.add(callId);
  if (!step.tool) return;
  const { name, status, result, callId, args } = step.tool;
  if (callId !== null) scene.waiting.delete(callId);
  if (changes(name)) {
    let [ids, text]: [readonly string[] | null, string | null] = [null, null];
    const change: Change = {
      name,
      step: step.stepNumber,
      failed: status === 'error',
      args,
      result,
      get ids() {
        return (ids ??= idsIn(asText(args)));
      },
      get text() {
        return (text ??= `${asText(args)} ${asText(result)}`.toLowerCase());
      },
    };
    scene.changes.push(change);
    scene.since.push(change);
    if (scene.since.length > 2 * MOST_SINCE) scene.since = scene.since.slice(-MOST_SINCE);
    if (!change.failed) scene.toldSince = [];
  } else if (status === 'ok') {
    let text: string | null = null;
    scene.answers.push({
      result,
      get text() {
        return (text ??= asText(result).toLowerCase());
      },
    });
  }
};

export const hearAgent = (scene: Scene, { said }: Reading): void => {
  const text = said.slice(0, MAX_TEXT);
  scene.agent.push(text);
  scene.toldSince.push(text);
};
