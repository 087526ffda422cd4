import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { HttpBindings, ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { ALL_SCOPES } from './api/methods.ts';
import { apiRoutes } from './api/routes.ts';
import type { Core } from './core.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { Deliverer } from './people/deliver.ts';
import { Person } from './people/person.ts';
import { Sockets } from './people/socket.ts';
import { peopleRoutes } from './people/routes.ts';
import { pageRoutes } from './page/routes.ts';
import type { DeclaredShortcut } from './page/screen.ts';
import { sampleWorkspace } from './sample-workspace.ts';
import type { WorkspaceSeed } from './sample-workspace.ts';
import { Admin } from './workspace/admin.ts';
import type { Workspace } from './workspace/model.ts';
import { WorkspaceStore, loadWorkspace } from './workspace/store.ts';

export interface SlackStandInOptions extends Pick<WorkspaceSeed, 'users' | 'channels' | 'userGroups'> {
  /** A free port when left out. */
  port?: number;
  host: '127.0.0.1';
  /** Where the workspace is kept over a restart; in memory only when left out. What is saved wins. */
  stateFile?: string;
  signingSecret: string;
  botToken: string;
  /** The app-level token of an app in Socket Mode. */
  appToken?: string;
  /** Holdpoint's endpoint for interactions, commands and events, e.g. http://127.0.0.1:3000/slack/events. */
  requestUrl: string;
  team?: WorkspaceSeed['team'];
  app?: WorkspaceSeed['app'];
  /** What the app's manifest declares: offered by the page; an undeclared command is refused. All when left out. */
  commands?: readonly string[];
  shortcuts?: readonly DeclaredShortcut[];
  /** Scopes of the token; all that the methods need when left out. */
  scopes?: readonly string[];
  /** `off` for tests that call more often than Slack allows. */
  rateLimits?: 'slack' | 'off';
  ackTimeoutMs?: number;
  eventRetryDelaysMs?: readonly number[];
  now?: () => number;
}

/** A running stand-in. `state` shows the workspace and what passed between it and the app. */
export interface SlackStandIn {
  url: string;
  /** For `slackApiUrl` of Slack's client. */
  apiUrl: string;
  faults: Faults;
  state: StandInState;
  person(userId: string): Person;
  /** The page's address for one person and channel, to print for whoever tries the product. */
  pageFor(userId: string, channelId: string): string;
  /** Changes the workspace as an administrator would: archive, deactivate, delete. */
  admin: Admin;
  /** Points interactions and events somewhere else, e.g. once the app under test has its port. */
  setRequestUrl(url: string): void;
  /** Connections of an app in Socket Mode. */
  sockets: Pick<Sockets, 'areConnected' | 'refresh'>;
  /** Does what Slack does when an app's address is set: true when the app returns the challenge. */
  verifyRequestUrl(): Promise<boolean>;
  close(): Promise<void>;
}

interface StandInState {
  workspace: Workspace;
  calls: Journal['calls'];
  deliveries: Journal['deliveries'];
  violations: Journal['violations'];
}

/** Slack's own waits: at once, after a minute, after five. */
const EVENT_RETRY_DELAYS_MS = [100, 60_000, 300_000];

/** Starts a strict fake of Slack on loopback; it resolves once it listens. */
export async function startSlackStandIn(options: SlackStandInOptions): Promise<SlackStandIn> {
  const saved = options.stateFile === undefined ? null : await loadWorkspace(options.stateFile);
  const store = new WorkspaceStore(saved ?? freshWorkspace(options), options.stateFile ?? null);
  let url = '';
  let requestUrl = options.requestUrl;
  const core: Core = {
    workspace: store.workspace,
    store,
    journal: new Journal(),
    faults: new Faults(),
    drafts: new Map(),
    sockets: new Sockets(),
    now: options.now ?? Date.now,
    url: () => url,
  };
  const deliverer = new Deliverer(core, {
    signingSecret: options.signingSecret,
    requestUrl: () => requestUrl,
    sockets: core.sockets,
    ackTimeoutMs: options.ackTimeoutMs ?? 3_000,
    eventRetryDelaysMs: options.eventRetryDelaysMs ?? EVENT_RETRY_DELAYS_MS,
  });
  const person = (userId: string) => new Person(core, deliverer, userId, options.commands ?? null);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.route(
    '/',
    apiRoutes(core, {
      botToken: options.botToken,
      appToken: options.appToken ?? null,
      scopes: options.scopes ?? ALL_SCOPES,
      rateLimits: options.rateLimits ?? 'slack',
    }),
  );
  app.route('/', peopleRoutes(core, person));
  app.route('/', pageRoutes(core, options.shortcuts ?? []));
  const { server, port } = await listen(app, options);
  url = `http://${options.host}:${port}`;
  core.sockets.attach(server as Server);
  return {
    url,
    apiUrl: `${url}/api/`,
    faults: core.faults,
    state: {
      workspace: core.workspace,
      calls: core.journal.calls,
      deliveries: core.journal.deliveries,
      violations: core.journal.violations,
    },
    person,
    pageFor: (userId, channelId) => `${url}/#person=${userId}&place=${channelId}`,
    admin: new Admin(core),
    sockets: core.sockets,
    setRequestUrl: (next) => {
      requestUrl = next;
    },
    verifyRequestUrl: async () => await deliverer.verify(),
    close: async () => {
      await deliverer.stop();
      core.sockets.close();
      await shut(server);
      await store.flush();
    },
  };
}

function freshWorkspace(options: SlackStandInOptions): Workspace {
  const sample = sampleWorkspace();
  return {
    format: 1,
    team: options.team ?? sample.team,
    app: options.app ?? sample.app,
    users: structuredClone(options.users),
    channels: structuredClone(options.channels),
    userGroups: structuredClone(options.userGroups),
    messages: [],
    views: {},
    stacks: {},
    homes: {},
    triggers: {},
    responseUrls: {},
    files: {},
    toasts: [],
    lastTsMicros: 0,
    nextNumber: 0,
  };
}

async function listen(
  app: Hono<{ Bindings: HttpBindings }>,
  options: SlackStandInOptions,
): Promise<{ server: ServerType; port: number }> {
  return await new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: options.host, port: options.port ?? 0 }, (info) => {
      server.off('error', reject);
      resolve({ server, port: info.port });
    });
    server.once('error', reject);
  });
}

async function shut(server: ServerType): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
