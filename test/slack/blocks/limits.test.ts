import type { KnownBlock, ModalView } from '@slack/types';
import { checkBlocks } from '../../../src/embedded/slack/block-kit/validate.ts';
import { checkHome, checkModal } from '../../../src/embedded/slack/block-kit/view.ts';
import type { IncidentState } from '../../../src/domain/incident/state.ts';
import { charsOf } from '../../../src/slack/blocks/budget.ts';
import { incidentCard } from '../../../src/slack/blocks/card/card.ts';
import { homeView } from '../../../src/slack/blocks/home.ts';
import { checklistModal, openItemsText } from '../../../src/slack/blocks/modals/checklist.ts';
import {
  classifyModal,
  remediatedModal,
  settleModal,
  takeOverModal,
  writePlanModal,
} from '../../../src/slack/blocks/modals/actions.ts';
import { confirmModeModal, confirmOriginModal } from '../../../src/slack/blocks/modals/confirm.ts';
import {
  editSectionModal,
  postmortemModal,
  previewSheet,
} from '../../../src/slack/blocks/modals/postmortem.ts';
import {
  endOtherwiseModal,
  moreSheet,
  nameSessionModal,
  reportModal,
  secondEndingModal,
  settleReceiptModal,
} from '../../../src/slack/blocks/modals/running.ts';
import { analysisOf, type Reader } from '../../../src/slack/blocks/reading.ts';
import { signOffMessage } from '../../../src/slack/blocks/sign-off/message.ts';
import { breakGlassModal, denyModal, signModal } from '../../../src/slack/blocks/sign-off/modals.ts';
import type { Place } from '../../../src/slack/form-ids.ts';
import { proseOf } from '../../../src/slack/prose.ts';
import { DeciderIncidents } from '../support/decider-incidents.ts';
import { memoryStore } from '../support/memory-store.ts';
import { mapBasis } from '../../../src/domain/incident/basis.ts';
import * as samples from '../support/samples.ts';
import { hostile } from './hostile.ts';

const NOW = 1_800_000_000_000;
const place: Place = { incidentId: samples.INCIDENT, channel: 'C0INCIDENTS', below: null };
const reader = (text: string): Reader => ({
  nowMs: NOW,
  names: { 'mail:x': text },
  head: 'a'.repeat(64),
  pageUrl: 'http://127.0.0.1:8080/incidents/x',
  quotes: [{ step: 7, place: text, quote: text }],
  advice: {
    model: text,
    step: 7,
    because: text,
    cites: [7],
    refused: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
  },
});

/** An incident in which everything that anybody else may choose says `text`, with many classes of actions. */
function incidentOf(text: string, counts: number[]): { state: IncidentState; planned: samples.Planned[] } {
  const short = text.slice(0, 190).trim() || 'x';
  const line = text.slice(0, 490).trim() || 'x';
  const incidents = new DeciderIncidents(memoryStore(), () => NOW);
  const engine = incidents.engine.bind(incidents, samples.INCIDENT);
  const alert = {
    ...samples.alert(NOW),
    title: line.slice(0, 300),
    source: short.slice(0, 100),
    sessionId: short,
  };
  incidents.open(samples.INCIDENT, short, alert, undefined, []);
  const targetId = Object.keys(incidents.state(samples.INCIDENT).targets)[0] ?? '';
  engine({ type: 'orderContainment', targetId, action: 'pause', adapter: line });
  engine({ type: 'reportContainment', targetId, status: 'confirmed', evidence: line });
  engine({
    type: 'reportSeal',
    seal: {
      ...samples.seal(NOW),
      sessionId: short,
      complete: false,
      missing: Array.from({ length: 50 }, () => line),
    },
  });
  const candidates = [7, 8, 9, 10, 11].map((step) => ({ step, score: 0.5, reason: line }));
  engine({
    type: 'suggestAnalysis',
    ...samples.analysis(),
    sessionId: short,
    because: line,
    firstAction: line,
    candidates,
    failurePattern: short,
  });
  const planned = counts.map((count, i) =>
    samples.planned(i % 2 ? 'irreversible' : 'reversible', count, {
      tool: `${short.slice(0, 150)} ${i}`,
      change: (action) => ({
        ...action,
        target: text,
        args: { text, n: action.index },
        outcome: 'uncertain',
      }),
    }),
  );
  planned.forEach(({ spec }, i) => (spec.classId = `c${i}`));
  engine({
    type: 'mapBlastRadius',
    basis: mapBasis(incidents.state(samples.INCIDENT)),
    classes: planned.map(({ spec }) => spec),
    attempted: 3,
    total: 9,
    subagents: 2,
  });
  for (const { spec } of planned)
    engine({
      type: 'requestSignOff',
      requestId: `${spec.classId}.1`,
      classId: spec.classId,
      planSha256: spec.planSha256,
      remediation: spec.kind === 'irreversible' ? proseOf(text.trim() || 'x') : null,
    });
  return { state: incidents.state(samples.INCIDENT), planned };
}

function expectMessage(blocks: KnownBlock[]): void {
  expect(checkBlocks(blocks, 'message', '/blocks')).toMatchObject({ ok: true });
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(charsOf(blocks)).toBeLessThan(10_000);
}
const expectModal = (view: ModalView): void => expect(checkModal(view)).toMatchObject({ ok: true });

/** Marked-up text in which Slack would read an address, a mention or a page of our own making only. */
function expectHarmless(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(expectHarmless);
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) {
    expect(String(value.text)).not.toMatch(/<!(?!date\^)|<https?:\/\/evil|<@U0ANARUIZ00/);
    expect(String(value.text)).not.toContain('*APPROVED*');
  }
  Object.values(value).forEach(expectHarmless);
}

describe.each(hostile.map((text) => [text.slice(0, 24), text] as const))(
  'with %j everywhere',
  (_name, text) => {
    const { state, planned } = incidentOf(text, [60, 60, 1, 1, 7, 7, 30, 1_000]);
    const reading = reader(text);
    const requests = Object.values(state.signOffs);
    const planOf = (classId: string) => planned.find(({ spec }) => spec.classId === classId)?.plan ?? null;

    it('the card and every sign-off message stay within Slack’s limits, and harm nobody', () => {
      for (const message of [
        incidentCard(state, reading),
        incidentCard({ ...state, status: 'closed', endedAt: NOW }, reading),
        ...requests.map((request) => signOffMessage(state, request, planOf(request.classId), reading)),
        ...requests.map((request) => signOffMessage(state, { ...request, status: 'void' }, null, reading)),
      ]) {
        expectMessage(message.blocks);
        expectHarmless(message.blocks);
        expect(message.text).not.toMatch(/<!(?!date)|<https?:\/\/evil/);
        expect(Buffer.byteLength(message.text)).toBeLessThan(4_000);
      }
    });

    it('whatever has to go, the buttons stay', () => {
      expect(incidentCard(state, reading).blocks.map((block) => block.block_id)).toEqual(
        expect.arrayContaining(['card']),
      );
      for (const request of requests) {
        const { blocks } = signOffMessage(state, request, planOf(request.classId), reading);
        expect(blocks.map((block) => block.block_id)).toContain('sign_off');
      }
    });

    it('every page of the sign modal shows twenty, whatever they say', () => {
      for (const request of requests) {
        const plan = planOf(request.classId);
        if (!plan) throw new Error('no plan');
        for (let page = 0; page < Math.min(3, plan.actions.length / 20); page += 1) {
          const view = signModal({ state, request, plan, page, ticked: new Set([0, 21]), place });
          expectModal(view);
          expectHarmless(view.blocks);
        }
      }
    });

    it('the other modals and Home stay within Slack’s limits', () => {
      const analysis = analysisOf(state);
      const item = Object.values(state.classes)[1];
      const [request] = requests;
      if (!analysis || !item || !request) throw new Error('the incident is not as expected');
      const plan = planOf(item.spec.classId);
      const ending = {
        kind: 'dismissed' as const,
        proposedBy: 'mail:x',
        reason: proseOf(text.trim() || 'x'),
        fixUrl: null,
        intoIncidentId: null,
      };
      const offered = Array.from({ length: 20 }, () => ({
        sessionId: text.slice(0, 190) || 'x',
        because: text.slice(0, 490) || 'x',
      }));
      const words = { text: proseOf(text.trim() || 'x'), by: 'engine' as const };
      const written: IncidentState = {
        ...state,
        classes: {},
        postmortem: {
          ...state.postmortem,
          sections: { impact: words },
          factors: Object.fromEntries(
            Array.from({ length: 30 }, (_none, i) => [
              `f${i}`,
              { kind: 'process' as const, text: words.text },
            ]),
          ),
          gap: { kind: 'monitoring', text: words.text },
        },
      };
      const candidates = analysis.candidates.map((one) => ({
        ...one,
        citations: [{ step: 7, place: text, quote: text }],
      }));
      const views = [
        confirmModeModal(state, analysis, place),
        confirmOriginModal({ analysis, steps: 41, candidates, step: 7, context: [text, text] }, place),
        writePlanModal(item, plan, place),
        remediatedModal({ ...item, plan: proseOf(text.trim() || 'x') }, place),
        classifyModal(item, plan, place),
        settleModal({ ...item, uncertain: [[0, 40]] }, plan, place),
        takeOverModal(Object.values(state.targets), place),
        denyModal(state, request, place),
        breakGlassModal(state, request, place),
        postmortemModal(state, place),
        postmortemModal(written, place),
        previewSheet(written, { platform: ['a@example.com', 'C012'], onCall: [] }),
        editSectionModal(written, 'impact', place, { text, theirs: text }),
        checklistModal(state, place),
        nameSessionModal({ ...state, offered }, place),
        secondEndingModal({ ...state, ending }, { 'mail:x': text }, place),
        moreSheet({ ...state, held: true }, place),
        endOtherwiseModal('merged', [{ incidentId: 'x'.repeat(200), title: text }], place),
        settleReceiptModal(['mail:x'], state, { 'mail:x': text }, place),
        reportModal([text || 'x', 'refund-agent'], text, { ...place, messageUrl: null }),
      ];
      for (const view of views) {
        expectModal(view);
        expectHarmless(view.blocks);
      }
      const home = homeView(
        Array.from({ length: 60 }, () => ({ state: { ...state, ending }, cardUrl: null })),
        'slack:T0:U0',
        NOW,
      );
      expect(checkHome(home)).toMatchObject({ ok: true });
      expectHarmless(home.blocks);
      expect(openItemsText(state).length).toBeLessThan(4_000);
    });
  },
);

describe('sixty irreversible actions', () => {
  const { state, planned } = incidentOf('APP', [1, 60]);
  const request = Object.values(state.signOffs).find((one) => one.remediation);
  const plan = planned[1]?.plan;
  if (!request || !plan) throw new Error('the incident is not as expected');

  it('are ten in the message, and every one in the modal, by twenty', () => {
    const message = JSON.stringify(signOffMessage(state, request, plan, reader('x')).blocks);
    expect(message).toContain('and 50 more actions');
    const shown = [0, 1, 2].map((page) =>
      JSON.stringify(signModal({ state, request, plan, page, ticked: new Set(), place }).blocks),
    );
    for (const index of plan.actions.keys())
      expect(shown[Math.floor(index / 20)]).toContain(`"text":"${index + 1}. "`);
  });

  it('start unticked', () => {
    const view = signModal({ state, request, plan, page: 0, ticked: new Set(), place });
    expect(JSON.stringify(view.blocks)).not.toContain('initial_options');
  });
});
