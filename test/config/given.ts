import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The environment that `holdpoint.example.yaml` needs. */
export const exampleEnv = {
  HOLDPOINT_TOKEN_AUDIT: 'audit-token-0123456789',
  SLACK_BOT_TOKEN: 'xoxb-0123456789-abcdef',
  SLACK_SIGNING_SECRET: 'slack-signing-secret-0123',
  SMTP_URL: 'smtps://holdpoint:pw@mail.example.com:465',
  PAGERDUTY_ROUTING_KEY: 'pagerduty-routing-key-01',
  LOAN_AGENT_KEY: 'loan-agent-key-0123456789',
  MONITORING_KEY: 'monitoring-key-0123456789',
  LOAN_APPLICATIONS_AUTHORIZATION: 'Bearer applications-0123456789',
};

export const exampleFile = resolve('holdpoint.example.yaml');
export const exampleText = readFileSync(exampleFile, 'utf8');

/** A small configuration that is right, to be broken one place at a time. */
export const smallText = `
people:
  ana: { name: Ana Ruiz, roles: [responder, approver], tokenEnv: TOKEN_ANA }
  ben: { name: Ben Okafor, roles: [responder, approver] }
  dana: { name: Dana Weiss }
onCall:
  primary: [ana]
mail: { from: holdpoint@example.com }
distribution:
  platform: [{ mail: platform@example.com }]
  onCall: [{ mail: on-call@example.com }]
keys:
  monitoring: { env: MONITORING_KEY, agents: [loan-agent] }
agents:
  loan-agent:
    owners: [dana]
    containment: { kind: stop-switch }
    tools: { send_letter: { effect: write, reversible: false } }
`;

export const smallEnv = {
  TOKEN_ANA: 'ana-token-0123456789',
  MONITORING_KEY: 'monitoring-key-0123456789',
  SMTP_URL: 'smtp://127.0.0.1:2525',
};
