import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { Answer } from '../../audit/questions.ts';
import type * as questionsOf from '../../audit/questions.ts';
import type { RecordedIncident } from '../../audit/source.ts';
import type { Store } from '../../store/port.ts';
import { timeOf, utc } from './times.ts';
import { plain } from './verify.ts';

interface Options {
  incident?: string;
  from?: number;
  to?: number;
  file?: string;
  json?: boolean;
}
interface Asked {
  incidents: AsyncIterable<RecordedIncident>;
  /** Names of people where the directory has them; ids stand for the others. */
  names(ids: string[]): Promise<Record<string, string>>;
}

type Questions = typeof questionsOf;
type Pick = (
  questions: Questions,
  argument: string,
) => (incident: RecordedIncident, names: Record<string, string>) => Answer[];

const asked = async (
  makeStore: () => Promise<Store>,
  { file, incident }: Options,
  work: (from: Asked) => Promise<void>,
): Promise<void> => {
  const { recordedIn, recordedInExport } = await import('../../audit/source.ts');
  if (file !== undefined) {
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    return work({ incidents: recordedInExport(lines, incident), names: () => Promise.resolve({}) });
  }
  const store = await makeStore();
  try {
    await work({ incidents: recordedIn(store.audit, incident), names: (ids) => store.directory.names(ids) });
  } finally {
    await store.close();
  }
};

const lineOf = (answer: Answer, names: Record<string, string>): string => {
  const who = names[answer.by] === undefined ? answer.by : `${names[answer.by]} (${answer.by})`;
  const how = answer.verified === null ? '' : ` [${answer.verified}]`;
  const seen = answer.seen === null ? '' : ` seen ${answer.seen}`;
  return plain(`${utc(answer.at)}  ${answer.incidentId} #${answer.seq}  ${who}${how}${seen}  ${answer.says}`);
};

const isWithin = ({ at }: Answer, { from, to }: Options): boolean =>
  (from === undefined || at >= from) && (to === undefined || at < to);

const peopleOf = ({ events }: RecordedIncident): string[] => [...new Set(events.map(({ by }) => by.id))];

const run = (makeStore: () => Promise<Store>, pick: Pick) => async (argument: string, options: Options) => {
  const questions = await import('../../audit/questions.ts');
  let found = 0;
  const near = new Set<string>();
  await asked(makeStore, options, async ({ incidents, names }) => {
    const select = pick(questions, argument);
    for await (const incident of incidents) {
      const known = await names(peopleOf(incident));
      for (const name of Object.values(known))
        if (argument !== '' && name.toLowerCase().includes(argument.toLowerCase())) near.add(name);
      for (const answer of select(incident, known).filter((one) => isWithin(one, options))) {
        found += 1;
        process.stdout.write(`${options.json ? JSON.stringify(answer) : lineOf(answer, known)}\n`);
      }
    }
  });
  if (found > 0 || options.json) return;
  const hint = near.size > 0 ? `; on record: ${[...near].slice(0, 5).join(', ')}` : '';
  process.stdout.write(plain(`none${hint}`).concat('\n'));
};

const shared = (command: Command): Command =>
  command
    .option('--incident <id>', 'of one incident')
    .option('--from <time>', 'from this time on, such as 2026-01-01', timeOf)
    .option('--to <time>', 'before this time', timeOf)
    .option('--file <export>', 'ask an export, without a database')
    .option('--json', 'one JSON object a line');

const same = (text: string, given: string): boolean => text.toLowerCase() === given.toLowerCase();

/** The questions of an auditor, a command each; each line names the record that says it. */
export const registerQuestions = (audit: Command, makeStore: () => Promise<Store>): void => {
  const ask = (command: Command, pick: Pick): void =>
    void shared(command).action((first: unknown, second: unknown) =>
      typeof first === 'string'
        ? run(makeStore, pick)(first, second as Options)
        : run(makeStore, pick)('', first as Options),
    );
  ask(
    audit
      .command('signed-by')
      .description('decisions on reversals by one person')
      .argument('<person>', 'the id, or the whole name in the directory'),
    ({ decisions }, person) =>
      (incident, names) =>
        decisions(incident).filter(({ by }) => same(by, person) || same(names[by] ?? '', person)),
  );
  ask(
    audit
      .command('seen')
      .description('who decided on a digest')
      .argument('<digest>', 'the digest, or its beginning'),
    ({ decisions }, digest) =>
      (incident) =>
        decisions(incident).filter(({ seen }) => seen?.startsWith(digest.toLowerCase())),
  );
  ask(
    audit.command('decisions').description('every decision on a reversal'),
    (questions) => questions.decisions,
  );
  ask(
    audit.command('break-glass').description('every broken glass, and who countersigned it'),
    (questions) => questions.brokenGlasses,
  );
  ask(
    audit.command('late').description('every distribution that missed its time'),
    (questions) => questions.lateDistributions,
  );
  ask(
    audit.command('endings').description('incidents dismissed, merged or resolved as bugs, and why'),
    (questions) => questions.otherEndings,
  );
  ask(
    audit.command('dismissed').description('incidents dismissed, and why'),
    ({ otherEndings }) =>
      (incident) =>
        otherEndings(incident).filter(({ says }) => says.startsWith('dismissed')),
  );
  ask(
    audit.command('policy').description('the policy each incident was opened under'),
    (questions) => questions.policies,
  );
};
