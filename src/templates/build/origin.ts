import type { Message, Step } from '../../domain/session/step.ts';
import type { PostmortemView } from '../postmortem-view.ts';
import { eventsOf, nameOf, type PostmortemSource } from '../source.ts';
import { utc } from '../text.ts';
import { leadingSession } from './context.ts';

type Origin = PostmortemView['origin'];
type Window = Origin['window'];

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'not captured');

function inWords(message: Message): Window['messages'][number] {
  const calls = (message.toolCalls ?? []).map((call) => `→ calls ${call.name} ${asText(call.args)}`);
  const answer = message.toolResult ? [`← tool answer ${asText(message.toolResult.result)}`] : [];
  const text = [message.content, ...calls, ...answer].filter((part) => part.trim()).join('\n');
  return { role: message.role, text: text || '(empty)' };
}

const hasWindow = (step: Step): boolean => step.kind === 'llm' && step.messagesIn !== null;

function toolMessages({ tool, name, stepNumber }: Step): Window['messages'] {
  if (!tool) return [{ role: `step ${stepNumber}`, text: name }];
  return [
    { role: `step ${stepNumber}: ${tool.name} was called with`, text: asText(tool.args) },
    { role: `step ${stepNumber}: ${tool.name} answered (${tool.status})`, text: asText(tool.result) },
  ];
}

/** The messages that a model call saw, and what it answered. */
function windowOf(call: Step): Window['messages'] {
  const system = call.systemInstructions ? [{ role: 'system', text: call.systemInstructions }] : [];
  const answer = (call.messagesOut ?? []).map((message) => ({
    ...inWords(message),
    role: `${message.role} (answer)`,
  }));
  return [...system, ...(call.messagesIn ?? []).map(inWords), ...answer];
}

/**
 * Runbook, section 3: "The full context window at that step." Of a model call it is what it saw and answered; of any
 * other step its own input and output come first, then the window of the model call that saw them.
 */
export function contextWindow(steps: Step[], origin: number): Window {
  const step = steps.find((one) => one.stepNumber === origin);
  if (!step) return { source: `Step ${origin} is not in the sealed session.`, messages: [] };
  if (hasWindow(step)) return { source: `Model call, step ${origin}.`, messages: windowOf(step) };
  const own = step.kind === 'llm' ? [] : toolMessages(step);
  const reader = steps.find((one) => one.stepNumber > origin && hasWindow(one));
  const caller = steps.findLast((one) => one.stepNumber < origin && hasWindow(one));
  const call = reader ?? caller;
  if (!call)
    return { source: 'The messages of the model calls were not captured by the agent.', messages: own };
  const role = reader ? 'the model call that read it' : 'the model call before it';
  return {
    source: `Step ${origin}, and the context window of ${role}, step ${call.stepNumber}.`,
    messages: [...own, ...windowOf(call)],
  };
}

function noWindow(source: PostmortemSource): Window {
  return {
    source: source.state.origin
      ? 'The sealed session could not be read when this document was made.'
      : 'No fault origin is confirmed yet.',
    messages: [],
  };
}

export function originSection(source: PostmortemSource): Omit<Origin, 'words'> {
  const { origin, cascade, sessions } = source.state;
  const sealed = leadingSession(source)?.session ?? null;
  const step = sealed?.steps.find((one) => one.stepNumber === origin?.step);
  const suggested =
    origin && Object.hasOwn(sessions, origin.sessionId) ? sessions[origin.sessionId]?.analysis : null;
  const confirmed = eventsOf(source, 'originConfirmed').at(-1);
  return {
    sessionId: origin?.sessionId ?? null,
    step: origin?.step ?? null,
    confirmed: confirmed ? `by ${nameOf(source, confirmed.by.id)}, ${utc(confirmed.at)}` : null,
    reason: suggested?.candidates.find((candidate) => candidate.step === origin?.step)?.reason ?? null,
    stepName: step
      ? `${step.kind === 'llm' ? 'model call' : step.kind} ${step.tool?.name ?? step.name}`
      : null,
    cascade: cascade ? cascade.map((one) => `step ${one}`).join(' → ') : null,
    symptom: suggested?.symptomStep ?? null,
    window: origin && sealed ? contextWindow(sealed.steps, origin.step) : noWindow(source),
  };
}
