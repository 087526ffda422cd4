import { z } from 'zod';

const Details = z.looseObject({
  response_metadata: z.looseObject({ messages: z.array(z.string()).optional() }).optional(),
});

/** Slack's own error string of a failed call, e.g. `message_not_found`; null when it is no answer of Slack. */
export function slackErrorOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('data' in error)) return null;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string'
    ? data.error
    : null;
}

/** Where Slack says the mistake lies, as it says it; empty when it does not. */
export function slackMessagesOf(error: unknown): string[] {
  const parsed = Details.safeParse(error instanceof Error && 'data' in error ? error.data : null);
  return parsed.data?.response_metadata?.messages ?? [];
}

/** Seconds to wait, when Slack said so. */
export function retryAfterOf(error: unknown): number | null {
  return error instanceof Error && 'retryAfter' in error && typeof error.retryAfter === 'number'
    ? error.retryAfter
    : null;
}

const named = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** `Incidents.send` throws it; matched by name, because it crosses package borders. */
export const isUnknownIncident = (error: unknown): boolean => named(error, 'UnknownIncident');
