import type { Command } from 'commander';
import { durationMs } from '../../config/duration.ts';
import type { Store } from '../../store/port.ts';
import { utc } from './times.ts';
import { plain } from './verify.ts';

interface Order {
  by: string;
  reason: string;
}
interface RetainOptions {
  evidence?: string;
  words?: string;
  dryRun?: boolean;
  by: string;
}

const out = (line: string): void => void process.stdout.write(`${plain(line)}\n`);

const age = (text: string, option: string): number => {
  const ms = durationMs(text);
  if (ms === null || ms <= 0)
    throw new Error(`${option}: write a duration such as 365d, not ${text.slice(0, 40)}.`);
  return ms;
};

const ordered = (command: Command): Command =>
  command
    .requiredOption('--by <person>', 'who orders it, by the id that stands in the records')
    .requiredOption('--reason <text>', 'why; it is kept, so no personal data');

/** Legal holds, erasure, and retention by policy. None of them touches the chain. */
export const registerErasure = (audit: Command, makeStore: () => Promise<Store>): void => {
  const withStore = async (work: (store: Store) => Promise<void>): Promise<void> => {
    const store = await makeStore();
    try {
      await work(store);
    } finally {
      await store.close();
    }
  };
  const known = async (store: Store, incidentId: string): Promise<void> => {
    if ((await store.audit.chains({ incidentId })).length === 0)
      throw new Error(`There is no incident ${incidentId}: \`holdpoint incidents\` lists them.`);
  };

  ordered(
    audit
      .command('hold')
      .description('place a legal hold: nothing of the incident is erased')
      .argument('<incident>', 'its id'),
  ).action((incidentId: string, order: Order) =>
    withStore(async (store) => {
      await known(store, incidentId);
      out(`hold ${await store.erasures.hold(incidentId, order)} stands on ${incidentId}`);
    }),
  );
  audit
    .command('lift')
    .description('lift a legal hold')
    .argument('<incident>', 'its id')
    .argument('<hold>', 'from `holdpoint audit holds`')
    .requiredOption('--by <person>', 'who lifts it')
    .action((incidentId: string, holdId: string, { by }: { by: string }) =>
      withStore(async (store) => {
        if (!(await store.erasures.lift(incidentId, holdId, by)))
          throw new Error(`No hold ${holdId} stands on ${incidentId}: \`holdpoint audit holds\` lists them.`);
        out(`hold ${holdId} on ${incidentId} is lifted`);
      }),
    );
  audit
    .command('holds')
    .description('legal holds that stand')
    .action(() =>
      withStore(async (store) => {
        const holds = await store.erasures.holds();
        for (const { placedAtMs, incidentId, holdId, placedBy, reason } of holds)
          out(`${utc(placedAtMs)}  ${incidentId}  hold ${holdId}  ${placedBy}: ${reason}`);
        if (holds.length === 0) out('none');
      }),
    );
  ordered(
    audit
      .command('erase')
      .description('erase what is personal of an incident; its records stay and verify')
      .argument('<incident>', 'its id')
      .option('--evidence', 'destroy the key of its evidence')
      .option('--words', 'erase what people wrote'),
  ).action(
    (incidentId: string, { evidence, words, ...order }: Order & { evidence?: boolean; words?: boolean }) =>
      withStore(async (store) => {
        if (!evidence && !words) throw new Error('Say what to erase: --evidence, --words, or both.');
        await known(store, incidentId);
        if (evidence)
          out(
            (await store.erasures.eraseEvidence({ incidentId, ...order }))
              ? `the key of ${incidentId} is destroyed`
              : `${incidentId} has no key: its evidence is not encrypted, or was erased`,
          );
        if (words)
          out(
            `${await store.erasures.eraseWords({ incidentId, ...order })} texts of ${incidentId} are erased`,
          );
        const row = words ? await store.incidents.get(incidentId) : null;
        if (row?.state.status === 'open')
          out(`the history of its workflow keeps them: erase again once ${incidentId} has ended`);
      }),
  );
  audit
    .command('erasures')
    .description('what was erased, by whom and why')
    .action(() =>
      withStore(async (store) => {
        const all = await store.erasures.erased();
        for (const { id, atMs, incidentId, what, by, reason } of all)
          out(`${utc(atMs)}  ${incidentId}  ${what}  ${by}: ${reason} (erasure ${id})`);
        if (all.length === 0) out('none');
      }),
    );
  audit
    .command('retain')
    .description('erase what is older than the policy allows, but for legal holds; for a daily job')
    .option('--evidence <age>', 'of incidents that ended longer ago than this, such as 365d')
    .option('--words <age>', 'of incidents that ended longer ago than this')
    .option('--dry-run', 'only say what would be erased')
    .option('--by <person>', 'who answers for the policy', 'retention policy')
    .action(({ dryRun = false, by, ...ages }: RetainOptions) =>
      withStore(async (store) => {
        const chosen = (['evidence', 'words'] as const).filter((what) => ages[what] !== undefined);
        if (chosen.length === 0) throw new Error('Say the ages: --evidence 365d, --words 1095d, or both.');
        for (const what of chosen) {
          const kept = ages[what] ?? '';
          const due = await store.erasures.due({ what, endedBeforeMs: Date.now() - age(kept, `--${what}`) });
          for (const { incidentId, endedAtMs } of due) {
            const order = { incidentId, by, reason: `retention: ${what} for ${kept} after the end` };
            if (!dryRun && what === 'evidence') await store.erasures.eraseEvidence(order);
            if (!dryRun && what === 'words') await store.erasures.eraseWords(order);
            out(
              `${what} of ${incidentId}, ended ${utc(endedAtMs)}${dryRun ? ', would be erased' : ': erased'}`,
            );
          }
          if (due.length === 0) out(`no ${what} older than ${kept}`);
        }
      }),
    );
};
