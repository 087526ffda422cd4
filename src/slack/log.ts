import { LogLevel, type Logger } from '@slack/web-api';

/** Bolt's and the Web API client's logger. Neither tokens nor payloads are written. */
export type SlackLog = Logger;

export const silent: SlackLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** Warnings and errors as lines on standard error. */
export const stderrLog: SlackLog = {
  ...silent,
  warn: (...words) => write(words),
  error: (...words) => write(words),
};

function write(words: unknown[]): void {
  process.stderr.write(`slack: ${words.map(lineOf).join(' ')}\n`);
}

const lineOf = (word: unknown): string =>
  word instanceof Error ? `${word.name}: ${word.message}` : String(word).slice(0, 500);
