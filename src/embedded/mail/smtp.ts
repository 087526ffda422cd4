import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Faults } from './faults.ts';
import type { MailStore } from './store.ts';

const SIZE_LIMIT_BYTES = 25_000_000;

export type SmtpSide = { stop(): Promise<void> };

/** Takes mails on loopback; says "accepted" only when the mail is on disk. */
export async function startSmtp(port: number, store: MailStore, faults: Faults): Promise<SmtpSide> {
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    banner: 'Holdpoint sample mail catcher',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: SIZE_LIMIT_BYTES,
    closeTimeout: 1_000,
    onRcptTo: ({ address }, _session, done) => {
      const code = faults.refusalOf(address);
      done(code === undefined ? null : smtpError(code, `${address} is refused`));
    },
    onData: async (stream, session, done) => done(await receive(session, stream)),
  });
  const receive = async (session: SMTPServerSession, stream: SMTPServerDataStream): Promise<Error | null> => {
    try {
      const message = await buffer(stream);
      if (stream.sizeExceeded) return smtpError(552, 'the mail is too large');
      if (faults.takeTempFail()) return smtpError(451, 'try again later');
      await store.save(message, envelopeOf(session), new Date());
    } catch {
      return smtpError(452, 'the mail cannot be stored');
    }
    if (faults.takeDrop()) sockets.get(session.remotePort)?.destroy();
    return null;
  };
  server.server.on('connection', (socket: Socket) => {
    const remotePort = socket.remotePort ?? 0;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
  });
  server.on('error', () => undefined);
  await listen(server, port);
  return { stop: () => new Promise((resolve) => server.close(() => resolve())) };
}

function listen(server: SMTPServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function envelopeOf({ envelope }: SMTPServerSession): { from: string; to: string[] } {
  return {
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
  };
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
