import protobuf from 'protobufjs';
import { createInterner } from './interned.ts';

const [TWO_16, TWO_32, BILLION] = [65_536, 4_294_967_296, 1_000_000_000];
const interned = createInterner();

/** A 64-bit unsigned integer → its decimal digits, without a big integer on the way. */
const digitsOf = (high: number, low: number): string => {
  if (high < TWO_32 / 2_048) return String(high * TWO_32 + low);
  let rest = (high % BILLION) * TWO_16 + (low >>> 16);
  let billions = Math.floor(high / BILLION) * TWO_32 + Math.floor(rest / BILLION) * TWO_16;
  rest = (rest % BILLION) * TWO_16 + (low & 0xffff);
  billions += Math.floor(rest / BILLION);
  return `${billions}${String(rest % BILLION).padStart(9, '0')}`;
};

/** A 64-bit signed integer: a number below 2^53, else its decimal digits. */
const integerOf = (value: number | { low: number; high: number }): number | string => {
  if (typeof value === 'number') return value;
  const number = value.high * TWO_32 + (value.low >>> 0);
  return Number.isSafeInteger(number)
    ? number
    : String((BigInt(value.high) << 32n) + BigInt(value.low >>> 0));
};

/**
 * A protobuf message as it lies in memory, read from front to back. Throws RangeError where bytes end early or a message
 * is longer than the one around it.
 */
export class Wire {
  private readonly reader: protobuf.Reader;
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.reader = protobuf.Reader.create(this.bytes);
  }

  /** Where the whole of it ends. */
  get length(): number {
    return this.bytes.length;
  }

  /** Enters the message that follows; where it ends. */
  enter(): number {
    const length = this.reader.uint32();
    const end = this.reader.pos + length;
    if (end > this.bytes.length) throw new RangeError('a message ends after its bytes');
    return end;
  }

  /** Whether fields of a message with this end are left. */
  hasMore(end: number): boolean {
    if (this.reader.pos > end) throw new RangeError('a message ends after the one around it');
    return this.reader.pos < end;
  }

  /** Number and wire type of the field that follows: `number << 3 | type`. */
  tag(): number {
    return this.reader.uint32();
  }

  /** Passes over the value of a field. */
  skip(tag: number): void {
    this.reader.skipType(tag & 7);
  }

  text(): string {
    const from = this.pass();
    return this.bytes.toString('utf8', from, this.reader.pos);
  }

  /** Short text that many messages say. */
  name(): string {
    const from = this.pass();
    return interned(this.bytes, from, this.reader.pos);
  }

  hex(): string {
    const from = this.pass();
    return this.bytes.toString('hex', from, this.reader.pos);
  }

  base64(): string {
    const from = this.pass();
    return this.bytes.toString('base64', from, this.reader.pos);
  }

  count(): number {
    return this.reader.uint32();
  }

  bool(): boolean {
    return this.reader.bool();
  }

  double(): number {
    return this.reader.double();
  }

  integer(): number | string {
    return integerOf(this.reader.int64());
  }

  fixed64(): string {
    const low = this.reader.fixed32();
    return digitsOf(this.reader.fixed32(), low);
  }

  /** Passes over a length-delimited value; where its bytes begin. */
  private pass(): number {
    const end = this.enter();
    const from = this.reader.pos;
    this.reader.pos = end;
    return from;
  }
}
