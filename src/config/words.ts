import { isIP } from 'node:net';
import { z } from 'zod';
import { write } from './write.ts';

/** The name of an environment variable. A secret pasted here by mistake does not look like one. */
export const EnvName = z
  .string({ error: write('the name of an environment variable, such as LOAN_AGENT_KEY') })
  .regex(/^[A-Z][A-Z0-9_]{1,99}$/, {
    error: write('the name of an environment variable, such as LOAN_AGENT_KEY'),
  });

/** Names of agents, people and keys: they stand in ids, addresses and logs. */
export const Name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
  error: write('1 to 63 letters, digits, dots, dashes or underscores'),
});

const LOOPBACK_NAMES = new Set(['localhost', '::1', '[::1]']);

/** Whether a host means this machine alone. */
export const isLoopback = (host: string): boolean =>
  LOOPBACK_NAMES.has(host.toLowerCase()) || (isIP(host) === 4 && host.startsWith('127.'));

/** A block of addresses; an address alone is a block of one. `10.1.2.3` → `10.1.2.3/32`. */
export const AddressBlock = z
  .string({ error: write('an address or a block of addresses, such as 10.0.0.0/8') })
  .transform((text, context) => {
    const [address = '', prefix, more] = text.trim().split('/');
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
    const say = (remedy: string) => context.addIssue({ code: 'custom', message: write(remedy) });
    if (version === 0 || more !== undefined || bits < 0 || bits > most)
      say('an address or a block of addresses, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8');
    else if (bits === 0) say('the addresses of the proxy alone: /0 is every address there is');
    return `${address}/${bits}`;
  });

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** An address that Holdpoint calls: https, or http on this machine; no password in it. `{…}` may stand in the path. */
export const CalledUrl = z
  .string({ error: write('an address that begins with https://') })
  .max(2_000)
  .superRefine((text, context) => {
    const url = parsed(text);
    const say = (remedy: string) => context.addIssue({ code: 'custom', message: write(remedy) });
    if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
      return say('an address that begins with https://');
    if (url.protocol === 'http:' && !isLoopback(url.hostname))
      say('https:// (plain http is for 127.0.0.1 only)');
    if (url.username !== '' || url.password !== '') say('the address without a user or password in it');
    if (/^[a-z]+:\/\/[^/?#]*\{/i.test(text)) say('a fixed host; {placeholders} may stand after it only');
  });

export const MailAddress = z.email({ error: write('a mail address, such as platform@example.com') }).max(254);

const slackId = (letters: string, example: string) =>
  z
    .string({ error: write(`a Slack id such as ${example}`) })
    .regex(new RegExp(`^[${letters}][A-Z0-9]{2,20}$`), { error: write(`a Slack id such as ${example}`) });

export const SlackUserId = slackId('UW', 'U012AB3CD');
export const SlackTeamId = slackId('TE', 'T012AB3CD');
export const SlackChannelId = slackId('CG', 'C012AB3CD');
export const SlackGroupId = slackId('S', 'S012AB3CD');
