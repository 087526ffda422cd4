import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder below the system's temporary one that others may pass through; removed by `removeFolder`. */
export function newFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  chmodSync(dir, 0o711);
  return dir;
}

export function removeFolder(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}
