import { z } from 'zod';
import type { ServiceUrls } from '../services/start.ts';

const Lookup = z.object({ applicant_id: z.string() });
const SetStatus = z.object({
  application_id: z.string(),
  status: z.enum(['approved', 'declined', 'pending']),
  reason: z.string(),
});
const SendLetter = z.object({
  application_id: z.string(),
  applicant_id: z.string(),
  template: z.enum(['approval', 'decline']),
  body: z.string(),
});

/** The four tools: what the model may call, each an HTTP call to a service of its own. */
const TOOLS = {
  verify_income: { description: 'Look up the verified income and employment of an applicant.', args: Lookup },
  credit_check: { description: 'Look up the credit record of an applicant.', args: Lookup },
  set_application_status: { description: 'Record the decision on an application.', args: SetStatus },
  send_letter: {
    description: 'Mail the applicant a letter. A letter cannot be called back.',
    args: SendLetter,
  },
};
export type ToolName = keyof typeof TOOLS;
const isToolName = (name: string): name is ToolName => Object.hasOwn(TOOLS, name);

/** Tools whose effect cannot be undone; the same statement as in tools.yaml. */
export const IRREVERSIBLE_TOOLS: readonly ToolName[] = ['send_letter'];

export const TOOL_DEFINITIONS = Object.entries(TOOLS).map(([name, { description, args }]) => ({
  type: 'function',
  function: { name, description, parameters: z.toJSONSchema(args) },
}));

/** A tool that refused, failed or was called wrongly; its message goes back to the model. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed';
}

const TIMEOUT_MS = 10_000;

const call = async (url: string, init: RequestInit = {}): Promise<unknown> => {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const said = z.object({ error: z.string() }).safeParse(body);
  throw new ToolFailed(`HTTP ${response.status}: ${said.success ? said.data.error : 'no reason given'}`);
};

const send = (method: string, url: string, key: string, body: unknown): Promise<unknown> =>
  call(url, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });

const id = encodeURIComponent;

/** Runs one tool call of the model. `key` makes a repeated write harmless. */
export const runTool = (
  services: ServiceUrls,
  name: string,
  args: unknown,
  key: string,
): Promise<unknown> => {
  if (!isToolName(name)) throw new ToolFailed(`there is no tool ${name}`);
  const parsed = TOOLS[name].args.safeParse(args);
  if (!parsed.success) throw new ToolFailed(`wrong arguments: ${z.prettifyError(parsed.error)}`);
  switch (name) {
    case 'verify_income':
      return call(`${services.income}/income/${id(Lookup.parse(args).applicant_id)}`);
    case 'credit_check':
      return call(`${services.credit}/credit/${id(Lookup.parse(args).applicant_id)}`);
    case 'set_application_status': {
      const { application_id, ...change } = SetStatus.parse(args);
      return send('PUT', `${services.applications}/applications/${id(application_id)}/status`, key, change);
    }
    case 'send_letter':
      return send('POST', `${services.letters}/letters`, key, SendLetter.parse(args));
  }
};
