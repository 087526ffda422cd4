import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
/** The end record is 22 bytes, and a comment of up to 65,535 may follow it. */
const END_SEARCH_BYTES = 22 + 65_535;

/**
 * Takes one file out of a zip archive held in memory. Reads what wheels use (stored and deflated members); zip64
 * and encrypted archives are refused.
 */
export function readZipMember(archive: Buffer, name: string): Buffer {
  const end = findEnd(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('zip: broken directory');
    const nameBytes = archive.readUInt16LE(at + 28);
    if (archive.toString('utf8', at + 46, at + 46 + nameBytes) === name) return readMember(archive, at);
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error(`zip: no member ${name}`);
}

function readMember(archive: Buffer, entry: number): Buffer {
  const flags = archive.readUInt16LE(entry + 8);
  const method = archive.readUInt16LE(entry + 10);
  const packedBytes = archive.readUInt32LE(entry + 20);
  const bytes = archive.readUInt32LE(entry + 24);
  const header = archive.readUInt32LE(entry + 42);
  if (flags & 1) throw new Error('zip: the member is encrypted');
  if ([packedBytes, bytes, header].includes(0xffffffff)) throw new Error('zip: zip64 is not supported');
  if (archive.readUInt32LE(header) !== LOCAL_HEADER) throw new Error('zip: broken member header');
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const packed = archive.subarray(start, start + packedBytes);
  const content = method === 0 ? packed : inflate(packed, method, bytes);
  if (content.length !== bytes) throw new Error('zip: the member is cut short');
  return content;
}

function inflate(packed: Buffer, method: number, bytes: number): Buffer {
  if (method !== 8) throw new Error(`zip: unknown compression method ${method}`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(bytes, 1) });
}

function findEnd(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_SEARCH_BYTES);
  for (let at = archive.length - 22; at >= first; at--) {
    if (archive.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error('zip: not a zip archive');
}
