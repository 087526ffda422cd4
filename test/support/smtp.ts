import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMailCatcher, type MailCatcher } from '../../src/embedded/mail/catcher.ts';
import { freePort } from '../../src/embedded/ports.ts';

/** A real SMTP server on a free port, with its faults; `stop()` removes its mails too. */
export async function testMailServer(): Promise<MailCatcher> {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-mail-'));
  const catcher = await startMailCatcher({ dir, smtpPort: await freePort(), httpPort: await freePort() });
  const stop = async () => {
    await catcher.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { ...catcher, stop };
}
