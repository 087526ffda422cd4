/** Who is woken: a step of the escalation chain. */
export type PageTo = 'primary' | 'secondary' | 'manager';

/** One page. `text` is for a lock screen: no trace content. `key` makes the same page twice one page. */
export interface Page {
  to: PageTo;
  text: string;
  key: string;
}

/** Wakes people. Resolves once the pager has taken it; may be called twice for one page. */
export interface Pager {
  readonly name: string;
  page(page: Page): Promise<void>;
  /** Somebody has it, or it is over: the page with this key wakes nobody any more. Left out where a pager knows no such thing. */
  settle?(key: string, as: 'acknowledge' | 'resolve'): Promise<void>;
}

/** The pager did not take the page. `permanent`: trying again will not help, a person has to look at the settings. */
export class PageFailed extends Error {
  override readonly name = 'PageFailed';
  readonly permanent: boolean;
  constructor(message: string, permanent: boolean) {
    super(message);
    this.permanent = permanent;
  }
}
