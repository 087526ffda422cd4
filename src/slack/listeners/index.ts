import type { App } from '@slack/bolt';
import type { ListenerDeps } from './deps.ts';
import * as acknowledge from './acknowledge.ts';
import * as answers from './answers.ts';
import * as checklist from './checklist.ts';
import * as classes from './classes.ts';
import * as close from './close.ts';
import * as command from './command.ts';
import * as confirmAll from './confirm-all.ts';
import * as confirmCascade from './confirm-cascade.ts';
import * as confirmMode from './confirm-mode.ts';
import * as confirmOrigin from './confirm-origin.ts';
import * as containment from './containment.ts';
import * as editSection from './edit-section.ts';
import * as endings from './endings.ts';
import * as home from './home.ts';
import * as more from './more.ts';
import * as postmortem from './postmortem.ts';
import * as receipts from './receipts.ts';
import * as report from './report.ts';
import * as session from './session.ts';
import * as sign from './sign.ts';
import * as writePlan from './write-plan.ts';

const all = [
  acknowledge,
  session,
  containment,
  confirmAll,
  confirmMode,
  confirmOrigin,
  confirmCascade,
  classes,
  writePlan,
  sign,
  answers,
  postmortem,
  editSection,
  checklist,
  close,
  more,
  endings,
  receipts,
  report,
  command,
  home,
];

/** Every listener of the app. */
export const registerAll = (app: App, deps: ListenerDeps): void => {
  for (const { register } of all) register(app, deps);
};
