import { checklistOf } from '../domain/incident/checklist.ts';
import { phaseOf } from '../domain/incident/phase.ts';
import type { IncidentState } from '../domain/incident/state.ts';
import { escapeHtml, safeHref } from './escape.ts';
import { duration, oneLine, utc } from './text.ts';
import { checklistWords } from './words.ts';

export interface Notice {
  subject: string;
  text: string;
  html: string;
}

/**
 * What people are told when the 48 hours are over: status, open items, a link. Nothing of the trace, of the alert or
 * of what people wrote is in it, so it may go to more people than the postmortem.
 */
export function breachNotice(state: IncidentState, link: string): Notice {
  const deadline = state.openedAt + state.policy.distributionMs;
  const open = checklistOf(state)
    .filter(({ proven }) => !proven)
    .map(({ item }) => checklistWords[item]);
  const id = oneLine(state.incidentId);
  const lines = [
    `The postmortem of incident ${id} is late: it was due ${utc(deadline)}, ${duration(state.policy.distributionMs)} after opening.`,
    `Status: ${state.status.replaceAll('_', ' ')}, ${state.severity.toUpperCase()}, phase ${phaseOf(state).replaceAll('_', ' ')}.`,
    `Open checklist items (${open.length} of 11):`,
  ];
  const paragraph = (line: string): string =>
    `<p style="font:15px/1.5 -apple-system,'Segoe UI',Roboto,Arial,sans-serif;margin:8px 0;">${escapeHtml(line)}</p>`;
  return {
    subject: `Late: postmortem of incident ${id}`.slice(0, 200),
    text: [...lines, ...open.map((item) => `- ${item}`), '', link, ''].join('\n'),
    html: [
      '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>',
      '<body style="margin:0;padding:16px;">',
      ...lines.map(paragraph),
      `<ul style="font:15px/1.5 -apple-system,'Segoe UI',Roboto,Arial,sans-serif;">${open.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`,
      `<p><a href="${escapeHtml(safeHref(link))}">Open the incident</a></p>`,
      '</body></html>',
    ].join('\n'),
  };
}
