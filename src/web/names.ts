import type { PersonConfig } from '../config/types.ts';
import type { Directory } from '../store/port.ts';
import { nameOf as nameIn } from '../templates/source.ts';
import type { NamesOf } from './views/overview.ts';

/** Names of people: the configuration's, else the directory's; the engine and keys by what they are. */
export function createNames(people: readonly PersonConfig[], directory: Pick<Directory, 'names'>): NamesOf {
  const configured = Object.fromEntries(people.map(({ actorId, name }) => [actorId, name]));
  return async (ids) => {
    const unknown = [...new Set(ids)].filter((id) => !Object.hasOwn(configured, id));
    const known = unknown.length > 0 ? await directory.names(unknown) : {};
    const names = { ...known, ...configured };
    return (id) => nameIn({ names }, id);
  };
}

/** Everybody that an event or a state names. */
export function peopleIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    if (/^(slack|person|oidc):/.test(value)) found.add(value);
  } else if (Array.isArray(value)) value.forEach((one) => peopleIn(one, found));
  else if (typeof value === 'object' && value !== null)
    Object.values(value).forEach((one) => peopleIn(one, found));
  return found;
}
