import { createEntityIndex } from '../../../src/forensics/entities/entities.ts';
import { createReader } from '../../../src/forensics/narrative.ts';
import { stem } from '../../../src/forensics/text/text.ts';
import { SessionBuilder } from '../session-builder.ts';

describe('a thing that a session has met', () => {
  const index = createEntityIndex();
  const { steps } = new SessionBuilder()
    .model({ calls: [{ name: 'find', args: {} }] })
    .tool({ parts: [{ part_id: '#P4812', name: 'brass valve' }] })
    .model({ calls: [{ name: 'find', args: {} }] })
    .tool({ order: { item_ref: 'p4812', colour: 'green', customer: 'sara_doe_496' } })
    .build();
  const read = createReader();
  /** Reads on to the next answer. */
  const met = () => {
    const until = steps.findIndex((step) => step.tool !== null) + 1;
    for (const step of steps.splice(0, until)) index.add(read(step));
    return index.get('P4812');
  };
  const wordsOf = (words: readonly number[] = []): string[] =>
    ['brass', 'green'].filter((word) => words.includes(index.lexicon.find(stem(word)) ?? -1));

  it('is described by all records that carry its id, those too that come after somebody asked', () => {
    const first = met();
    expect(wordsOf(first?.words)).toEqual(['brass']);
    expect(first?.kinds).toEqual(['part_id/#A1.94']);
    expect([...(first?.inside ?? [])]).toEqual(['p4812']);
    const then = met();
    expect(wordsOf(then?.words)).toEqual(['brass', 'green']);
    expect(then?.kinds).toEqual(['part_id/#A1.94', 'item_ref/A1.94']);
    expect([...(then?.inside ?? [])]).toEqual(['p4812', 'sara_doe_496']);
  });
});
