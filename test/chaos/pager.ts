import { z } from 'zod';
import { type Peer, readBody, startPeer } from '../support/peer.ts';

const Paged = z.object({ to: z.string(), text: z.string(), key: z.string() });
export type Paged = z.infer<typeof Paged>;

export interface PagerStandIn extends Pick<Peer, 'url' | 'stop'> {
  /** Every call, repeats too: a pager takes the same key again as the same page. */
  taken: Paged[];
}

/** A pager behind a webhook: it takes every page. */
export async function startPager(): Promise<PagerStandIn> {
  const taken: Paged[] = [];
  const peer = await startPeer((request, response) => {
    void readBody(request).then((body) => {
      taken.push(Paged.parse(JSON.parse(body)));
      response.end('{}');
    });
  });
  return { url: peer.url, stop: () => peer.stop(), taken };
}
