/**
 * The SDK notes for every promise of a workflow where it was made, for its stack trace query: a `new Error()` without a
 * word, its frames looked up in the source map; a third of all that a worker did for a workflow. An error without a word
 * has no stack here, so nothing is noted; errors with one, those of the engine and subclasses are as they were.
 */
export function withoutPromiseNotes(Real: ErrorConstructor): ErrorConstructor {
  const quiet = function (this: unknown, ...args: [string?, ErrorOptions?]): object {
    const target: unknown = new.target;
    if (target === quiet && args.length === 0) return Object.create(Real.prototype) as object;
    return Reflect.construct(Real, args, typeof target === 'function' && target !== quiet ? target : Real);
  };
  // Its own `stackTraceLimit` and `captureStackTrace` are those of the engine.
  Object.setPrototypeOf(quiet, Real);
  Object.defineProperty(quiet, 'prototype', { value: Real.prototype });
  Object.defineProperty(quiet, 'name', { value: 'Error' });
  return quiet as unknown as ErrorConstructor;
}
