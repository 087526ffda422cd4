import { formatSlackDate } from '../../../src/embedded/slack/page/dates.ts';
import { markdownHtml } from '../../../src/embedded/slack/page/markdown.ts';
import { linkHtml, mrkdwnHtml, plainHtml } from '../../../src/embedded/slack/page/mrkdwn.ts';
import type { Reader } from '../../../src/embedded/slack/page/mrkdwn.ts';

const NOW_MS = Date.UTC(2026, 7, 1, 12);
const reader: Reader = {
  timeZone: 'Europe/Madrid',
  nowMs: NOW_MS,
  userName: (id) => (id === 'U1' ? 'Ana <Ruiz>' : null),
  channelName: (id) => (id === 'C1' ? 'incidents' : null),
  groupHandle: (id) => (id === 'S1' ? 'approvers' : null),
};

describe('mrkdwn as HTML', () => {
  it.each([
    ['*bold* and _slanted_ and ~gone~', '<strong>bold</strong> and <em>slanted</em> and <s>gone</s>'],
    ['*<@U1>* asks', '<strong><span class="mention">@Ana &lt;Ruiz&gt;</span></strong> asks'],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
    ['`*no* <b>`', '<code>*no* &lt;b&gt;</code>'],
    ['a\nb', 'a<br>b'],
    ['> said\n&gt; twice\nafter', '<blockquote>said<br>twice</blockquote>after'],
    ['```\n*raw* &lt;x&gt;\n```', '<pre>*raw* &lt;x&gt;</pre>'],
    [
      'in <#C1> for <!subteam^S1>',
      'in <span class="mention">#incidents</span> for <span class="mention">@approvers</span>',
    ],
    ['<!channel>', '<span class="mention">@channel</span>'],
    ['<mailto:a@b.c|write>', '&lt;mailto:a@b.c|write&gt;'],
    [':warning: &amp; :no_such_name:', '⚠️ &amp; :no_such_name:'],
    ['``` never closed', '``` never closed'],
  ])('shows %j', (text, html) => {
    expect(mrkdwnHtml(text, reader)).toBe(html);
  });

  it('links http and https only, and opens them apart', () => {
    expect(mrkdwnHtml('<https://a.example/?x=1&amp;y=2|the "run">', reader)).toBe(
      '<a href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">the &quot;run&quot;</a>',
    );
    expect(mrkdwnHtml('<javascript:alert(1)|x>', reader)).toBe('&lt;javascript:alert(1)|x&gt;');
    expect(linkHtml('data:text/html,x', 'x')).toBe('x');
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '"><script>x</script>',
    "<https://a' onclick='x|y>",
    '\u00000\u0000',
  ])('lets no markup of %j through', (hostile) => {
    for (const html of [mrkdwnHtml(hostile, reader), plainHtml(hostile), markdownHtml(hostile)]) {
      expect(
        html.replaceAll(/<\/?(?:p|a|br|span|blockquote)(?: (?:href|class|target|rel)="[^"<>']*")*>/g, ''),
      ).not.toMatch(/[<>"']/);
    }
  });

  it('writes dates in the reader’s zone', () => {
    const at = Date.UTC(2026, 7, 1, 0, 14) / 1_000;
    expect(mrkdwnHtml(`<!date^${at}^{date_short_pretty} at {time}|before>`, reader)).toBe('today at 02:14');
    expect(formatSlackDate(at, '{date_num} {time_secs}', 'America/New_York', NOW_MS)).toBe(
      '2026-07-31 20:14:00',
    );
    expect(formatSlackDate(at, '{date_pretty}', 'America/New_York', NOW_MS)).toBe('yesterday');
    expect(formatSlackDate(at, '{date_long}, {ago}', 'UTC', NOW_MS)).toBe(
      'Saturday 1 August 2026, 12 hours ago',
    );
  });
});

describe('Markdown as HTML', () => {
  it('shows headings, lists, bold, code and links', () => {
    expect(
      markdownHtml('# Postmortem\n- **12** letters\n1. `income` [run](https://a.example)\n\n> said'),
    ).toBe(
      '<p class="md-heading">Postmortem</p><p class="md-item">• <strong>12</strong> letters</p>' +
        '<p class="md-item">1. <code>income</code> <a href="https://a.example" target="_blank" ' +
        'rel="noopener noreferrer">run</a></p><blockquote>said</blockquote>',
    );
  });
});
