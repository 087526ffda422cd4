import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Append-only lines on disk: what was answered stays, whatever happens to the process. */
export interface Journal<Event> {
  events: readonly Event[];
  append(event: Event): void;
  close(): void;
}

/** Opens a JSON-lines file; a last line that a crash cut short was never answered for and is cut off. */
export const openJournal = <Event>(file: string, parse: (value: unknown) => Event): Journal<Event> => {
  mkdirSync(dirname(file), { recursive: true });
  const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const wholeBytes = text.lastIndexOf('\n') + 1;
  if (wholeBytes < text.length) truncateSync(file, wholeBytes);
  const lines = text.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  const events = lines.map((line) => parse(JSON.parse(line)));
  const fd = openSync(file, 'a');
  return {
    events,
    append: (event) => {
      writeSync(fd, `${JSON.stringify(event)}\n`);
      fsyncSync(fd);
      events.push(event);
    },
    close: () => closeSync(fd),
  };
};
