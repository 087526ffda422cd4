import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSession } from '../../src/instrument/index.ts';
import { startHoldpoint } from '../instrument/holdpoint.ts';
import { decide } from './agents/loan.ts';

export interface Recordings {
  sealed: string;
  clean: string[];
  tools: string;
}

const TOOLS = `tools:
  verify_income: { effect: read, target: args.applicant_id }
  send_letter: { effect: write, reversible: false, target: args.applicant_id }
`;

/** Real sessions of the careless agent: eight with the income service as documented, one after it renamed a field. */
export const record = async (folder: string): Promise<Recordings> => {
  const tools = join(folder, 'tools.yaml');
  await writeFile(tools, TOOLS);
  const one = async (name: string, applicant: string, field: string, income: number): Promise<string> => {
    const holdpoint = await startHoldpoint();
    const session = await openSession({
      endpoint: holdpoint.url,
      agent: 'loan-agent',
      objective: 'Decide the application.',
      sessionId: name,
    });
    const outcome = await decide(
      session,
      `Decide the application of ${applicant}.`,
      {
        verify_income: async () => ({
          applicant_id: applicant,
          [field]: income,
          employer: 'Example',
          years_employed: 4,
        }),
        send_letter: async () => ({ letter_id: `L-${applicant.slice(4)}`, sent: true }),
      },
      false,
    );
    await session.end(outcome);
    const file = join(folder, `${name}.jsonl`);
    await writeFile(
      file,
      holdpoint
        .exports()
        .map((request) => `${JSON.stringify(request)}\n`)
        .join(''),
    );
    await holdpoint.close();
    return file;
  };
  const clean: string[] = [];
  for (let n = 1; n <= 8; n += 1)
    clean.push(await one(`clean-${n}`, `APL-10000${n}`, 'annual_income', 30_000 + n * 4_000));
  return { sealed: await one('sealed', 'APL-492653', 'annualised_gross', 55_000), clean, tools };
};
