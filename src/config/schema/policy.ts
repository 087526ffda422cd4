import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonical } from '../../domain/canonical.ts';
import { defaultPolicy, Policy } from '../../domain/policy.ts';
import { Duration } from '../duration.ts';
import { write } from '../write.ts';

const { quorum, costMultiple, minContributingFactors, minContributingKinds } = Policy.shape;
const MOST_ROUNDS = 100;

/** Durations and quorums; what is left out is the runbook's. */
export const PolicySection = z
  .strictObject({
    distribution: Duration.optional(),
    distributionReminders: z.array(Duration).max(20).optional(),
    exportGrace: Duration.optional(),
    signOffReminder: Duration.optional(),
    signOffSecondary: Duration.optional(),
    signOffManager: Duration.optional(),
    signOffExpiry: Duration.optional(),
    acknowledge: Duration.optional(),
    pageAgain: Duration.optional(),
    pageRounds: z.int().min(1).max(MOST_ROUNDS).optional(),
    approversMaxAge: Duration.optional(),
    quorum,
    costMultiple,
    minContributingFactors,
    minContributingKinds,
  })
  .transform((section): Policy => {
    const or = (given: number | undefined, usual: number): number => given ?? usual;
    const usual = defaultPolicy;
    const distributionMs = or(section.distribution, usual.distributionMs);
    const policy = {
      distributionMs,
      distributionRemindersMs:
        section.distributionReminders ?? usual.distributionRemindersMs.filter((ms) => ms < distributionMs),
      exportGraceMs: or(section.exportGrace, usual.exportGraceMs),
      signOffReminderMs: or(section.signOffReminder, usual.signOffReminderMs),
      signOffSecondaryMs: or(section.signOffSecondary, usual.signOffSecondaryMs),
      signOffManagerMs: or(section.signOffManager, usual.signOffManagerMs),
      signOffExpiryMs: or(section.signOffExpiry, usual.signOffExpiryMs),
      acknowledgeMs: or(section.acknowledge, usual.acknowledgeMs),
      pageAgainMs: section.pageAgain ?? usual.pageAgainMs,
      pageRounds: section.pageRounds ?? usual.pageRounds,
      approversMaxAgeMs: or(section.approversMaxAge, usual.approversMaxAgeMs),
      quorum: section.quorum,
      costMultiple: section.costMultiple,
      minContributingFactors: section.minContributingFactors,
      minContributingKinds: section.minContributingKinds,
    };
    return { version: versionOf(policy), ...policy };
  })
  .superRefine((policy, context) => {
    const say = (path: string, remedy: string) =>
      context.addIssue({ code: 'custom', path: [path], message: write(remedy) });
    if (policy.distributionRemindersMs.some((ms) => ms >= policy.distributionMs))
      say('distributionReminders', 'reminders that come before the distribution is due');
    const { signOffReminderMs, signOffSecondaryMs, signOffManagerMs, signOffExpiryMs } = policy;
    if (signOffReminderMs >= signOffSecondaryMs) say('signOffSecondary', 'a time after signOffReminder');
    if (signOffSecondaryMs >= signOffManagerMs) say('signOffManager', 'a time after signOffSecondary');
    if (signOffManagerMs >= signOffExpiryMs) say('signOffExpiry', 'a time after signOffManager');
  });

/** The same rules have the same version: what an incident was run by can be told from it. */
function versionOf(policy: Omit<Policy, 'version'>): string {
  const { version, ...usual } = defaultPolicy;
  if (canonical(policy) === canonical(usual)) return version;
  return `policy/${createHash('sha256').update(canonical(policy)).digest('hex').slice(0, 12)}`;
}
