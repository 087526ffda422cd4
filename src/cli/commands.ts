import type { Command } from 'commander';

export interface LazyCommand {
  name: string;
  summary: string;
  /** Loads the command alone: `analyse` must not wait for Temporal's client. */
  register: (program: Command) => Promise<void>;
}

/** Every command, in the order of the help. */
export const commands: readonly LazyCommand[] = [
  {
    name: 'up',
    summary: 'start Holdpoint; without a configuration, the sample with everything embedded',
    register: async (program) => (await import('./up.ts')).registerUp(program),
  },
  {
    name: 'server',
    summary: 'run the HTTP server with Slack, from holdpoint.yaml',
    register: async (program) => (await import('./server.ts')).registerServer(program),
  },
  {
    name: 'worker',
    summary: 'run the Temporal worker, from holdpoint.yaml',
    register: async (program) => (await import('./worker.ts')).registerWorker(program),
  },
  {
    name: 'alert',
    summary: 'post an alert to a running server',
    register: async (program) => (await import('./alert.ts')).registerAlert(program),
  },
  {
    name: 'incidents',
    summary: 'list incidents, or show one',
    register: async (program) => (await import('./incidents.ts')).registerIncidents(program),
  },
  {
    name: 'sessions',
    summary: 'outcomes and cohorts of sessions; which others show an incident’s failure pattern',
    register: async (program) => (await import('./sessions.ts')).registerSessions(program),
  },
  {
    name: 'analyse',
    summary: 'say what went wrong in a recorded session',
    register: async (program) => (await import('./analyse.ts')).registerAnalyse(program),
  },
  {
    name: 'profile',
    summary: 'learn what is normal for an agent',
    register: async (program) => (await import('./profile.ts')).registerProfile(program),
  },
  {
    name: 'eval',
    summary: 'make regression cases of failures, and run them against an agent',
    register: async (program) => (await import('./eval.ts')).registerEval(program),
  },
  {
    name: 'audit',
    summary: 'export and verify the audit log, and ask it',
    register: async (program) => (await import('./audit.ts')).registerAudit(program, storeFromEnvironment),
  },
  {
    name: 'projection',
    summary: 'make what lists and pages read again from the audit log',
    register: async (program) =>
      (await import('./projection.ts')).registerProjection(program, storeFromEnvironment),
  },
  {
    name: 'evidence',
    summary: 'hash sealed evidence again',
    register: async (program) => (await import('./evidence.ts')).registerEvidence(program),
  },
  {
    name: 'check',
    summary: 'check holdpoint.yaml: what is wrong, where, and what to write instead',
    register: async (program) => (await import('./check.ts')).registerCheck(program),
  },
  {
    name: 'doctor',
    summary: 'try every connection and say what to do about those that fail',
    register: async (program) => (await import('./doctor.ts')).registerDoctor(program),
  },
];

/** For commands that read the records without a server: they need the database alone, no configuration. */
async function storeFromEnvironment() {
  const url = process.env['DATABASE_URL']?.trim();
  if (!url)
    throw new Error(
      'No database: set DATABASE_URL to the Postgres that has the records, such as postgres://user:password@host:5432/holdpoint.',
    );
  const { createStore } = await import('../store/create.ts');
  return createStore({ url });
}
