/** A place in a JSON value. Places with one path are one object and one text, however often values like it are walked. */
export interface Path {
  /** Dotted; the elements of a list as `[]`, the values of a map as `*`. */
  readonly text: string;
  /** The walk in which it was met last; a walk that asks sets it. */
  metIn: number;
  /** The place under a key. */
  into: (key: string) => Path;
  /** The elements of the list that stands here. */
  readonly each: Path;
  /** The values of the map that stands here. */
  readonly any: Path;
}

/** Places that are kept: those of all shapes that come again, not those of millions of keys that are data. */
const MAX_KEPT = 20_000;
let kept = 0;

class Place implements Path {
  readonly text: string;
  metIn = 0;
  private keys: Map<string, Place> | null = null;
  private list: Place | null = null;
  private map: Place | null = null;

  constructor(text: string) {
    this.text = text;
  }

  into(key: string): Place {
    const known = this.keys?.get(key);
    if (known !== undefined) return known;
    const made = new Place(this.text === '' ? key : `${this.text}.${key}`);
    if (kept < MAX_KEPT) (this.keys ??= new Map()).set(key, made);
    kept += 1;
    return made;
  }

  get each(): Place {
    return (this.list ??= new Place(`${this.text}[]`));
  }

  get any(): Place {
    return (this.map ??= new Place(`${this.text}.*`));
  }
}

let root = new Place('');
/** Where a walk begins. */
export const rootPath = (): Path => {
  if (kept >= MAX_KEPT) [root, kept] = [new Place(''), 0];
  return root;
};

/** The last key of a dotted path. */
export const lastKey = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

const [MAX_NAMES, MAX_NAME] = [5_000, 100] as const;
/** What is asked of names that come again, remembered for so many of them. */
export const rememberedNames = <T extends {}>(ask: (name: string) => T): ((name: string) => T) => {
  const answers = new Map<string, T>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const answer = ask(name);
    if (answers.size < MAX_NAMES && name.length <= MAX_NAME) answers.set(name, answer);
    return answer;
  };
};
