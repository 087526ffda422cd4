import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { Store } from '../../store/port.ts';
import { timeOf } from './times.ts';

interface ExportOptions {
  incident?: string;
  from?: number;
  to?: number;
  all?: boolean;
  out?: string;
  words: boolean;
}

/** Whoever read enough, such as `head`, may close the pipe. */
const unlessClosed = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
};

const CHOICE = 'Say what to export: --incident <id>, --from and --to, or --all.';

async function* linesOf(store: Store, options: ExportOptions): AsyncGenerator<string> {
  const { exportAudit, exportSet } = await import('../../audit/export.ts');
  const { incident, from, to, all, words: withWords } = options;
  if (incident !== undefined) {
    const text = await exportAudit(store, incident, { withWords });
    if (text === null)
      throw new Error(`There is no incident ${incident}: \`holdpoint incidents\` lists them.`);
    yield text;
    return;
  }
  if (!all && from === undefined && to === undefined) throw new Error(CHOICE);
  const span = { fromMs: from ?? null, toMs: to ?? null, atMs: Date.now() };
  yield* exportSet(store, span, { withWords });
}

/** `holdpoint audit export`: one incident, those of a span of time, or all; a file that is there is not written over. */
export const registerExport = (audit: Command, makeStore: () => Promise<Store>): void => {
  audit
    .command('export')
    .description('write the records of one incident, of a span of time, or of all, as JSON lines')
    .option('--incident <id>', 'one incident')
    .option('--from <time>', 'incidents with a record from this time on, such as 2026-01-01', timeOf)
    .option('--to <time>', '… and before this time', timeOf)
    .option('--all', 'every incident')
    .option('--out <file>', 'where to; default: standard output')
    .option('--no-words', 'leave out what people wrote; the records keep its digests')
    .action(async (options: ExportOptions) => {
      if (
        options.incident !== undefined &&
        (options.all || options.from !== undefined || options.to !== undefined)
      )
        throw new Error(CHOICE);
      const store = await makeStore();
      try {
        const lines = linesOf(store, options);
        // Asked for before the file is made, so that no empty one is left behind.
        const first = await lines.next();
        const all = (async function* () {
          if (!first.done) yield first.value;
          yield* lines;
        })();
        if (options.out) {
          await pipeline(Readable.from(all), createWriteStream(options.out, { flags: 'wx' }));
          process.stderr.write(`written: ${options.out}; \`holdpoint audit verify\` says what is in it\n`);
        } else await pipeline(Readable.from(all), process.stdout, { end: false }).catch(unlessClosed);
      } finally {
        await store.close();
      }
    });
};
