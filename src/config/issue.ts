/** One thing that is wrong with the configuration, said so that a person can put it right. */
export interface ConfigIssue {
  /** The field, dotted: `agents.loan-agent.owners`; of the environment: `SLACK_BOT_TOKEN`. */
  field: string;
  /** File and place, `holdpoint.yaml:12:5`; `environment` for a variable. */
  where: string;
  found: string;
  /** What to write instead. */
  write: string;
}

export const sentenceOf = ({ where, field, found, write }: ConfigIssue): string =>
  `${where}  ${field}\n    found ${found}\n    write ${write}`;

/** The configuration cannot be used; `issues` has everything that is wrong, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(sentenceOf).join('\n'));
    this.issues = issues;
  }
}
