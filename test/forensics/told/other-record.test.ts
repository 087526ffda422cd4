import type { ToolManifest } from '../../../src/domain/tools.ts';
import { analyse } from '../../../src/forensics/analyse.ts';
import { SessionBuilder } from '../session-builder.ts';

const tools: ToolManifest = { tools: { trip: { effect: 'read' } } };
const read = (args: object, result: unknown) =>
  analyse(
    new SessionBuilder('o')
      .user('What is in QWERTY and TR-50112?')
      .use('trip', args, result)
      .model({ text: 'This is in it.' })
      .build(),
    { tools },
  ).faultOrigin.candidates.filter((c) => c.score > 0.28);

describe('an answer about another thing than the one that was asked for', () => {
  it.each([
    [{ trip_id: 'TR-50112' }, { trip_id: 'TR-70334', legs: 2 }],
    [{ trip_id: 'QWERTY' }, { data: { trip_id: 'ASDFGH' } }],
    [{ filter: { tripId: 'TR-50112' } }, '{"trip":{"tripId":"TR-70334"}}'],
  ])('is doubted: %j', (args, result) => {
    const [found] = read(args, result);
    expect(found?.step).toBe(2);
    expect(found?.citations.map((c) => c.place.split(' ')[0])).toEqual(['argument', 'result']);
  });

  it.each<[string, object, unknown]>([
    ['it is the same', { trip_id: 'TR-50112' }, { trip_id: 'TR-50112' }],
    ['it is written otherwise', { trip_id: '#tr50112' }, { trip_id: 'TR-50112' }],
    ['it stands elsewhere too', { trip_id: 'TR-50112' }, { trip_id: 'TR-70334', replaces: 'TR-50112' }],
    ['others of a list have their own', { trip_id: 'TR-50112' }, { legs: [{ trip_id: 'TR-70334' }] }],
    ['the call failed', { trip_id: 'TR-50112' }, 'Error: TR-70334 not found'],
    ['the answer names none', { trip_id: 'TR-50112' }, { legs: 2 }],
  ])('is not doubted where %s', (_, args, result) => {
    expect(read(args, result)).toEqual([]);
  });
});
