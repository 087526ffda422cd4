/** A value that global set-up left for the test files. */
export function fromSetup(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through jest with its global set-up`);
  return value;
}
