export interface Finding {
  name: string;
  ok: boolean;
  /** What was found, or what is wrong and what to do. */
  says: string;
}

export const PATIENCE_MS = 8_000;

const late = (): Promise<never> =>
  new Promise((_resolve, reject) =>
    setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS).unref(),
  );

/** One try; its error becomes a sentence with the remedy, never a stack. */
export async function attempt(name: string, remedy: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, says: await Promise.race([work(), late()]) };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { name, ok: false, says: `${why}. ${remedy}` };
  }
}
