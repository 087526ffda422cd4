import { randomBytes } from 'node:crypto';
import type { Workspace } from './model.ts';

/** The next message id: the time, but never the same twice and never going back. */
export function nextTs(workspace: Workspace, nowMs: number): string {
  const micros = Math.max(Math.floor(nowMs * 1_000), workspace.lastTsMicros + 1);
  workspace.lastTsMicros = micros;
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** An id like Slack's: one letter and ten capitals or digits; unique in the workspace. */
export function nextId(workspace: Workspace, letter: string): string {
  workspace.nextNumber += 1;
  const random = randomBytes(3).toString('hex').toUpperCase();
  return `${letter}${workspace.nextNumber.toString(36).toUpperCase().padStart(4, '0')}${random}`;
}

export function secretToken(): string {
  return randomBytes(16).toString('hex');
}
