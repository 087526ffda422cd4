import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Workspace } from './model.ts';

/** A change reaches the disk this late at most. */
const SAVE_WITHIN_MS = 150;

/**
 * Holds the workspace and keeps a copy of it in a file (written beside it and renamed over it).
 * Whoever changes the workspace calls `changed()`.
 */
export class WorkspaceStore {
  readonly workspace: Workspace;
  version = 0;
  private readonly stateFile: string | null;
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();
  private savedVersion = 0;
  lastSaveError: string | null = null;

  constructor(workspace: Workspace, stateFile: string | null) {
    this.workspace = workspace;
    this.stateFile = stateFile;
  }

  changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
    if (this.stateFile !== null && this.timer === null) {
      this.timer = setTimeout(() => void this.flush().catch(() => undefined), SAVE_WITHIN_MS);
    }
  }

  /** Calls `listener` after every change; the answer stops it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Writes what has changed; one write at a time. */
  async flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.catch(() => undefined).then(() => this.write());
    await this.writing;
  }

  private async write(): Promise<void> {
    if (this.stateFile === null || this.savedVersion === this.version) return;
    const version = this.version;
    const copy = JSON.stringify(this.workspace);
    try {
      await mkdir(dirname(this.stateFile), { recursive: true });
      await writeFile(`${this.stateFile}.new`, copy, { mode: 0o600 });
      await rename(`${this.stateFile}.new`, this.stateFile);
      this.savedVersion = version;
      this.lastSaveError = null;
    } catch (error) {
      this.lastSaveError = String(error);
      throw error;
    }
  }
}

/** The workspace as it was saved, or null when there is no file. A file that does not fit says what is wrong. */
export async function loadWorkspace(stateFile: string): Promise<Workspace | null> {
  const text = await readFile(stateFile, 'utf8').catch((error: unknown) => {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
      return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = Workspace.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new Error(
    `Slack stand-in: ${stateFile} does not fit at ${first?.path.join('.')}: ${first?.message}. ` +
      'Delete the file to start with an empty workspace.',
  );
}
