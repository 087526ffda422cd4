import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Session } from '../domain/session/session.ts';
import { ToolManifest } from '../domain/tools.ts';
import { EvalCase } from '../forensics/eval/eval-case.ts';
import { Profile } from '../forensics/learned/profile.ts';

/**
 * A regression case as a file to keep beside the agent's own tests: the case, what the analysis knew, and the sealed
 * session whose answers are played back. It holds what the session held, redacted as it was sealed.
 */
export const EvalFile = z.object({
  kind: z.literal('holdpoint-eval'),
  version: z.literal(1),
  name: z.string(),
  case: EvalCase,
  tools: ToolManifest.nullable(),
  profile: Profile.nullable(),
  sealed: Session,
});
export type EvalFile = z.infer<typeof EvalFile>;

/** The file cannot be used; `message` names it and the remedy. */
export class EvalFileError extends Error {
  override name = 'EvalFileError';
}

export const readEvalFile = async (path: string): Promise<EvalFile> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new EvalFileError(`${path} cannot be read: check the name and its permissions`, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EvalFileError(`${path} is not JSON: make it with \`holdpoint eval make\``, { cause });
  }
  const parsed = EvalFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EvalFileError(
    `${path} is no eval case: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not understood'}. Make it with \`holdpoint eval make\` or \`holdpoint eval export\`.`,
  );
};
