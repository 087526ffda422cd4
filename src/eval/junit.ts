/** One try of a case. */
export interface Tried {
  /** Which session or world. */
  name: string;
  status: 'passed' | 'failed' | 'error';
  reason: string;
  seconds: number;
}

export interface Suite {
  name: string;
  tried: readonly Tried[];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that XML 1.0 does not have are left out: reasons quote what agents and tools said. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"]/g, (mark) => ENTITIES[mark] ?? mark);

const caseOf = (suite: string, { name, status, reason, seconds }: Tried): string => {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
  if (status === 'passed') return `${open}/>`;
  const tag = status === 'failed' ? 'failure' : 'error';
  return `${open}>\n      <${tag} message="${escaped(reason)}"/>\n    </testcase>`;
};

/** JUnit XML, as CI systems read it. */
export const junitOf = (suites: readonly Suite[]): string => {
  const counts = (tried: readonly Tried[]): string => {
    const of = (status: Tried['status']): number => tried.filter((t) => t.status === status).length;
    const seconds = tried.reduce((sum, t) => sum + t.seconds, 0);
    return `tests="${tried.length}" failures="${of('failed')}" errors="${of('error')}" time="${seconds.toFixed(3)}"`;
  };
  const all = suites.flatMap(({ tried }) => tried);
  const lines = suites.flatMap(({ name, tried }) => [
    `  <testsuite name="${escaped(name)}" ${counts(tried)}>`,
    ...tried.map((one) => caseOf(name, one)),
    '  </testsuite>',
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="holdpoint eval" ${counts(all)}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n');
};
