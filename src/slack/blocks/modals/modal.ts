import type { KnownBlock, ModalView } from '@slack/types';
import { formId, metaText, type FormName, type Meta, type Place } from '../../form-ids.ts';
import type { Refusal } from '../../../domain/incident/refusal.ts';
import { escape, plain, said } from '../text.ts';

/** A modal that can be submitted. Title, submit and close: at most 24 characters each. */
export const form = <N extends FormName>(
  name: N,
  meta: Meta<N>,
  words: { title: string; submit: string; close?: string },
  blocks: KnownBlock[],
): ModalView => ({
  type: 'modal',
  callback_id: formId(name),
  private_metadata: metaText(name, meta),
  title: plain(words.title, 24),
  submit: plain(words.submit, 24),
  close: plain(words.close ?? 'Cancel', 24),
  blocks: blocks.slice(0, 100),
});

/** A modal that only shows something, but knows its place, so that what is opened from it can refresh it. */
export const placedSheet = (
  name: 'checklist' | 'more',
  place: Place,
  title: string,
  blocks: KnownBlock[],
): ModalView => ({
  ...sheet(title, blocks),
  callback_id: formId(name),
  private_metadata: metaText(name, place),
});

/** A modal that only shows something. */
export const sheet = (title: string, blocks: KnownBlock[], close = 'Close'): ModalView => ({
  type: 'modal',
  title: plain(title, 24),
  close: plain(close, 24),
  blocks: blocks.slice(0, 100),
});

/** What is opened at once, because a click is good for three seconds. */
export const loadingModal = (title: string): ModalView => sheet(title, [said('Loading…')], 'Cancel');

/** Why something did not happen, and what the person can do. */
export const refusalModal = (refusal: Pick<Refusal, 'sentence' | 'next'>): ModalView =>
  sheet('Not done', [said(`*${escape(refusal.sentence)}*\n${escape(refusal.next)}`)]);
