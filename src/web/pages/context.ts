import { html } from 'hono/html';
import type { Html } from './layout.ts';

export interface ContextView {
  incidentPath: string;
  /** The step whose context is shown, of `steps` in all. */
  step: number;
  steps: number;
  /** A message a line, as it was recorded; empty: nothing of it was captured. */
  lines: string[];
}

/** What the model had before it at one step of the session, beside the form that asks for the fault origin. */
export const contextHtml = ({ incidentPath, step, steps, lines }: ContextView): Html =>
  html`<section id="context" aria-label="Context window">
    <h3>Context window at step ${step}</h3>
    ${
      lines.length > 0
        ? html`<ol class="context">
            ${lines.map((line) => html`<li>${line}</li>`)}
          </ol>`
        : html`<p class="muted">Nothing of it was captured, which is not the same as empty.</p>`
    }
    <form method="get" action="${incidentPath}#context">
      <label for="context-step">Another step, 1 to ${steps}</label>
      <input type="number" id="context-step" name="context" min="1" max="${steps}" value="${step}" required />
      <button type="submit" class="plain">Show it</button>
    </form>
  </section>`;
