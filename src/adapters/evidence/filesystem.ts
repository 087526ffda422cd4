import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf, placeOf, placeOfName, sha256Of, uriOf } from './address.ts';
import { EvidenceAltered, EvidenceUnavailable, type EvidenceStore, type Verdict } from './port.ts';

export interface FilesystemOptions {
  dir: string;
  /** Refuses every write: for verifying a copy. */
  readOnly?: boolean | undefined;
}

/** Evidence as files of a folder, each written beside, forced to disk and moved into place. */
export const createFilesystemEvidence = ({ dir, readOnly = false }: FilesystemOptions): EvidenceStore => {
  const fileOf = (uri: string): string => join(dir, placeOf(digestOf(uri)));

  const read = async (uri: string): Promise<Uint8Array> => {
    const file = fileOf(uri);
    const bytes = await readIfThere(file);
    if (bytes === null) throw new EvidenceAltered(`evidence ${uri} is missing: ${file} is not there`);
    if (uriOf(sha256Of(bytes)) !== uri)
      throw new EvidenceAltered(`evidence ${uri} was altered: ${file} holds other bytes`);
    return bytes;
  };
  const verify = async (uri: string): Promise<Verdict> => {
    try {
      await read(uri);
      return { ok: true };
    } catch (error) {
      if (error instanceof EvidenceAltered) return { ok: false, problem: error.message };
      throw error;
    }
  };
  const named = async (name: readonly string[]): Promise<string | null> => {
    const bytes = await readIfThere(join(dir, placeOfName(name)));
    return bytes === null ? null : new TextDecoder().decode(bytes).trim();
  };
  const assertWritable = (): void => {
    if (readOnly) throw new EvidenceUnavailable(`the evidence in ${dir} was opened for reading only`);
  };

  return {
    put: async (bytes) => {
      assertWritable();
      const sha256 = sha256Of(bytes);
      const uri = uriOf(sha256);
      const file = fileOf(uri);
      if ((await readIfThere(file)) === null) await writeNew(dir, file, bytes, 'same');
      else await read(uri);
      return { sha256, uri };
    },
    get: read,
    verify,
    named,
    name: async (name, uri) => {
      assertWritable();
      digestOf(uri);
      await writeNew(dir, join(dir, placeOfName(name)), new TextEncoder().encode(`${uri}\n`), 'refuse');
      return (await named(name)) ?? uri;
    },
  };
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const readIfThere = async (file: string): Promise<Uint8Array | null> => {
  try {
    return await readFile(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw unavailable(file, error);
  }
};

const unavailable = (file: string, cause: unknown): EvidenceUnavailable =>
  new EvidenceUnavailable(
    `${file} cannot be used (${codeOf(cause) || String(cause)}): look at the disk and its permissions`,
    {
      cause,
    },
  );

/**
 * The file is there whole or not at all, also after a power cut. When somebody was faster, a file of the `same` bytes
 * may be put in its place; a name may not, and theirs stands.
 */
const writeNew = async (
  dir: string,
  file: string,
  bytes: Uint8Array,
  whenThere: 'same' | 'refuse',
): Promise<void> => {
  const beside = join(dir, 'tmp', `${process.pid}-${randomBytes(8).toString('hex')}`);
  try {
    await mkdir(dirname(beside), { recursive: true, mode: 0o700 });
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeDurably(beside, bytes);
    await (whenThere === 'same' ? rename(beside, file) : link(beside, file));
    await syncFolder(dirname(file));
  } catch (error) {
    if (whenThere === 'refuse' && codeOf(error) === 'EEXIST') return;
    throw unavailable(file, await realCause(dir, error));
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
};

/** Node calls a read-only file system ENOENT when it makes folders; asked for the right to write, it says EROFS. */
const realCause = async (dir: string, error: unknown): Promise<unknown> => {
  if (codeOf(error) !== 'ENOENT') return error;
  return access(dir, constants.W_OK).then(
    () => error,
    (cause: unknown) => cause,
  );
};

const writeDurably = async (file: string, bytes: Uint8Array): Promise<void> => {
  const handle = await open(file, 'wx', 0o400);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Without it the new entry of the folder could be lost in a power cut. Windows has no such call. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
