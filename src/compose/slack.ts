import { createHash } from 'node:crypto';
import { loadSealedSession } from '../activities/preserve.ts';
import { parseAnalysis } from '../activities/stored-analysis.ts';
import type { Config, SlackConfig } from '../config/types.ts';
import type { EvidenceReader } from '../slack/evidence.ts';
import { PeopleConfig } from '../slack/people.ts';
import { PlanFile } from '../slack/plan-file.ts';
import type { Parts } from './parts.ts';

/** People of the configuration, by their Slack ids. */
export function slackPeople(config: Config, slack: SlackConfig): PeopleConfig {
  const slackIds = (keys: string[]): string[] =>
    keys.flatMap((key) => config.people.find((person) => person.key === key)?.slackUserId ?? []);
  const approvers = config.people.filter(({ roles }) => roles.includes('approver'));
  const idsOf = (people: typeof approvers): string[] => people.map(({ actorId }) => actorId);
  return PeopleConfig.parse({
    otherApproverIds: idsOf(approvers.filter(({ slackUserId }) => slackUserId === null)),
    pageApproverIds: idsOf(approvers.filter(({ token, login }) => token !== null || login !== null)),
    roles: Object.fromEntries(
      config.people.flatMap(({ slackUserId, roles }) => (slackUserId ? [[slackUserId, roles]] : [])),
    ),
    approverGroups: slack.approverGroups,
    onCall: {
      primary: slackIds(config.onCall.primary),
      secondary: slackIds(config.onCall.secondary),
      manager: slackIds(config.onCall.manager),
    },
  });
}

const CONTEXT_LINES = 12;

/** Reads sealed files for cards; a file with another digest is not shown. */
export function evidenceReader({ evidence }: Pick<Parts, 'evidence'>): EvidenceReader {
  const checked = async (uri: string, sha256: string): Promise<Uint8Array> => {
    const bytes = await evidence.get(uri);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Error(`The sealed file ${uri} is not the one that was sealed.`);
    return bytes;
  };
  return {
    loadPlan: async (uri, sha256) =>
      PlanFile.parse(JSON.parse(new TextDecoder().decode(await checked(uri, sha256)))),
    loadAnalysis: async (uri, sha256) => parseAnalysis(await checked(uri, sha256)),
    loadContext: async (manifestUri, step) => {
      const session = await loadSealedSession(evidence, manifestUri);
      const found = session.steps.find(({ stepNumber }) => stepNumber === step);
      const messages = [...(found?.messagesIn ?? []), ...(found?.messagesOut ?? [])];
      return messages.map(({ role, content }) => `${role}: ${content}`).slice(-CONTEXT_LINES);
    },
  };
}
