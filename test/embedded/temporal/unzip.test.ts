import { crc32, deflateRawSync } from 'node:zlib';
import { readZipMember } from '../../../src/embedded/temporal/unzip.ts';

type Member = { name: string; content: Buffer; stored?: boolean; flags?: number; method?: number };

/** A zip archive as the format has it: members, directory, end record. */
function zip(members: readonly Member[], comment = ''): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, stored = false, flags = 0, method = stored ? 0 : 8 } of members) {
    const packed = stored ? content : deflateRawSync(content);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(flags, 2);
    head.writeUInt16LE(method, 4);
    head.writeUInt32LE(crc32(content), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(content.length, 18);
    head.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), head, tail, Buffer.from(name)]));
    files.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...files, listing, Buffer.from('PK\x05\x06'), end, Buffer.from(comment)]);
}

const program = Buffer.from('#!/bin/program\n'.repeat(1000));

describe('reading a member of a zip archive', () => {
  it('finds deflated and stored members among others', () => {
    const archive = zip([
      { name: 'METADATA', content: Buffer.from('x') },
      { name: 'scripts/a', content: program },
      { name: 'scripts/b', content: program.subarray(1), stored: true },
    ]);
    expect(readZipMember(archive, 'scripts/a')).toEqual(program);
    expect(readZipMember(archive, 'scripts/b')).toEqual(program.subarray(1));
  });

  it('reads past a comment at the end, and takes an empty member', () => {
    expect(readZipMember(zip([{ name: 'a', content: program }], 'made by hand'), 'a')).toEqual(program);
    expect(readZipMember(zip([{ name: 'a', content: Buffer.alloc(0) }]), 'a')).toHaveLength(0);
  });

  it('says what is wrong with an archive it cannot use', () => {
    const good = zip([{ name: 'a', content: program }]);
    expect(() => readZipMember(good, 'b')).toThrow('no member b');
    expect(() => readZipMember(good.subarray(0, good.length - 30), 'a')).toThrow('not a zip archive');
    expect(() => readZipMember(Buffer.from('<html>'), 'a')).toThrow('not a zip archive');
    expect(() => readZipMember(zip([{ name: 'a', content: program, flags: 1 }]), 'a')).toThrow('encrypted');
    expect(() => readZipMember(zip([{ name: 'a', content: program, method: 12 }]), 'a')).toThrow('method 12');
  });

  it('does not unpack more than the directory announces', () => {
    const archive = zip([{ name: 'a', content: program }]);
    const announced = archive.indexOf(Buffer.from('PK\x01\x02')) + 24;
    archive.writeUInt32LE(100, announced);
    expect(() => readZipMember(archive, 'a')).toThrow('larger than 100 bytes');
  });
});
