const NEW_LINE = 0x0a;

/** A line, or a part of one that is too long to be held at once. */
export interface Piece {
  bytes: Uint8Array;
  /** It begins a line. */
  isFirst: boolean;
  /** It ends a line, or the file. */
  isLast: boolean;
}

/** The lines of a stream of bytes, without their ends; a line of more than `maxBytes` comes in parts. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Piece> {
  let parts: Uint8Array[] = [];
  let [length, isFirst] = [0, true];
  const piece = (isLast: boolean): Piece => {
    const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    const made = { bytes, isFirst, isLast };
    [parts, length, isFirst] = [[], 0, isLast];
    return made;
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, from)) {
      parts.push(chunk.subarray(from, at));
      yield piece(true);
      from = at + 1;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > maxBytes) yield piece(false);
  }
  if (length > 0 || !isFirst) yield piece(true);
}
