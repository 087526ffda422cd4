import type { Command } from 'commander';
import type { Store } from '../store/port.ts';
import { registerErasure } from './audit/erasure.ts';
import { registerExport } from './audit/export.ts';
import { registerHistory } from './audit/history.ts';
import { registerPublicKey } from './audit/public-key.ts';
import { registerQuestions } from './audit/questions.ts';
import { registerVerify } from './audit/verify.ts';

/** `holdpoint audit …`: export, verify, history, and the questions of an auditor. `verify` needs files and keys alone. */
export const registerAudit = (program: Command, makeStore: () => Promise<Store>): void => {
  const audit = program.command('audit').description('export and verify the audit log, and ask it');
  registerExport(audit, makeStore);
  registerVerify(audit);
  registerPublicKey(audit);
  registerHistory(audit);
  registerQuestions(audit, makeStore);
  registerErasure(audit, makeStore);
};
