import { inspect } from 'node:util';

/** A secret of the environment. Printed, logged or serialised it says `[secret]`; only `reveal()` gives the value. */
export class Secret {
  readonly #value: string;
  /** The variable it came from: what a person is told. */
  readonly source: string;

  constructor(value: string, source: string) {
    this.#value = value;
    this.source = source;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return `[secret ${this.source}]`;
  }
}
