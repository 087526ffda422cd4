import type { Command } from 'commander';
import { DEFAULT_URL } from './api.ts';

/** How a command reaches a running server, and what it prints. */
export interface ServerOptions {
  url: string;
  tokenEnv: string;
  json?: boolean;
}

export const shared = (command: Command): Command =>
  command
    .option('--url <address>', 'the server', process.env['HOLDPOINT_URL'] ?? DEFAULT_URL)
    .option('--token-env <name>', 'the environment variable with your token', 'HOLDPOINT_TOKEN')
    .option('--json', 'print JSON');

/** Terminal control characters of a title or id must not reach the terminal. */
// oxlint-disable-next-line no-control-regex
const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

export const out = (line: string): void => void process.stdout.write(`${plain(line)}\n`);
export const json = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
