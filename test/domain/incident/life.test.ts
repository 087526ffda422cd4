import { checklistOf } from '../../../src/domain/incident/checklist.ts';
import { story } from './story.ts';

describe('an incident from alert to closure', () => {
  it('closes when all eleven items are proven and the agent is released', () => {
    const life = story().closed();
    expect(life.state.status).toBe('closed');
    expect(checklistOf(life.state).filter((item) => !item.proven)).toEqual([]);
  });
});
