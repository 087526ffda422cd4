import { serve, type ServerType } from '@hono/node-server';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { privateDir } from '../home.ts';
import { freePort } from '../ports.ts';
import { mailApp } from './app.ts';
import { Faults } from './faults.ts';
import { startSmtp } from './smtp.ts';
import { MailStore, type CaughtMail } from './store.ts';

export type MailCatcherOptions = {
  /** Where caught mails are kept, over restarts. */
  dir: string;
  /** Preferred ports; taken ones are replaced. Default: those of the last start, else 1025 and 8025. */
  smtpPort?: number;
  httpPort?: number;
};

export type MailCatcher = {
  /** `smtp://127.0.0.1:port`, for nodemailer. */
  smtpUrl: string;
  /** Where a person reads the mails. */
  webUrl: string;
  faults: Faults;
  /** Every mail, the last one first. */
  mails(): CaughtMail[];
  stop(): Promise<void>;
};

const Ports = z.object({ smtp: z.number().int(), http: z.number().int() }).partial();

/** Starts an SMTP server on loopback that delivers nothing, and a page that shows what it caught. */
export async function startMailCatcher(options: MailCatcherOptions): Promise<MailCatcher> {
  const dir = privateDir(options.dir);
  const portsFile = join(dir, 'ports.json');
  const last = lastPorts(portsFile);
  const store = new MailStore(dir);
  const faults = new Faults();
  const smtp = await freePort(options.smtpPort ?? last.smtp ?? 1025);
  const smtpSide = await startSmtp(smtp, store, faults);
  const http = await freePort(options.httpPort ?? last.http ?? 8025);
  const webSide = await listen(mailApp(store).fetch, http);
  writeFileSync(portsFile, `${JSON.stringify({ smtp, http })}\n`, { mode: 0o600 });
  return {
    smtpUrl: `smtp://127.0.0.1:${smtp}`,
    webUrl: `http://127.0.0.1:${http}`,
    faults,
    mails: () => store.list(),
    stop: async () => {
      await Promise.all([smtpSide.stop(), close(webSide)]);
    },
  };
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  port: number,
): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server));
    server.once('error', reject);
  });
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

function lastPorts(file: string): z.infer<typeof Ports> {
  try {
    return Ports.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
