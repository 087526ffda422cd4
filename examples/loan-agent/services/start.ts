import { join } from 'node:path';
import { z } from 'zod';
import { ApplicationEvent, createApplicationStore } from './applications.ts';
import { createCreditService } from './credit.ts';
import { listen } from './http.ts';
import { createIncomeService, RenameEvent } from './income.ts';
import { openJournal } from './journal.ts';
import { createLetterMailer, LetterSent } from './letters.ts';

/** Addresses of the four services; what `--services` of the agent reads. */
export const ServiceUrls = z.object({
  income: z.url(),
  credit: z.url(),
  applications: z.url(),
  letters: z.url(),
});
export type ServiceUrls = z.infer<typeof ServiceUrls>;
export type ServicePorts = Record<keyof ServiceUrls, number>;

/** Starts the four services; their state is what the journals in `stateDir` say, so a restart changes nothing. */
export const startServices = async (
  stateDir: string,
  ports: ServicePorts = { income: 0, credit: 0, applications: 0, letters: 0 },
): Promise<{ urls: ServiceUrls; close(): Promise<void> }> => {
  const renames = openJournal(join(stateDir, 'income.jsonl'), (value) => RenameEvent.parse(value));
  const changes = openJournal(join(stateDir, 'applications.jsonl'), (value) => ApplicationEvent.parse(value));
  const letters = openJournal(join(stateDir, 'letters.jsonl'), (value) => LetterSent.parse(value));
  const listening = await Promise.all([
    listen(createIncomeService(renames), ports.income),
    listen(createCreditService(), ports.credit),
    listen(createApplicationStore(changes), ports.applications),
    listen(createLetterMailer(letters), ports.letters),
  ]);
  const [income, credit, applications, mailer] = listening.map(({ url }) => url);
  return {
    urls: ServiceUrls.parse({ income, credit, applications, letters: mailer }),
    close: async () => {
      await Promise.all(listening.map((service) => service.close()));
      for (const journal of [renames, changes, letters]) journal.close();
    },
  };
};
