/** What a trace, an alert or an agent's name may hold, because anybody can write it. */
export const hostile = [
  '<!channel> everybody look',
  '<https://evil.example|Approve here>',
  '<@U0ANARUIZ00> said yes',
  '& &amp; < > &lt;!here&gt;',
  '*APPROVED* _by_ ~nobody~ `code` ```block```',
  ':white_check_mark: :rotating_light:',
  'שלום עולם مرحبا بالعالم',
  '\u202Egnp.exe\u202C \u2066hidden\u2069 zero\u200Bwidth',
  'line one\nline two\r\n\tline three',
  '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿'.repeat(40),
  'x'.repeat(3_000),
  '   ',
] as const;
