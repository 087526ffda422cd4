/** The stage had no answer to this call: the recorded session never made it. */
export class NotPlayed extends Error {
  override readonly name = 'NotPlayed';
}

/** Asks the stage of `holdpoint eval run` what the tool answered. The tool itself is not called. */
export const playedAnswer = async (stage: string, tool: string, args: unknown): Promise<unknown> => {
  const response = await fetch(`${stage.replace(/\/+$/, '')}/eval/tools`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tool, args }),
    redirect: 'error',
  });
  const played = (await response.json()) as { found?: unknown; result?: unknown; error?: unknown };
  if (played.found !== true) throw new NotPlayed(`${tool} has no recorded answer in this eval case`);
  if (typeof played.error === 'string') throw new Error(played.error);
  return played.result;
};
