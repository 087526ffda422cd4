import type { EvidenceStore } from '../../../src/adapters/evidence/port.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** One place where evidence is kept, as its owner and as an intruder reach it. */
export interface Place {
  /** A store of its own over the same place. */
  open(options?: { readOnly?: boolean }): EvidenceStore;
  /** As somebody who may do anything there would. */
  tamper(uri: string, text: string): void | Promise<void>;
  remove(uri: string): void | Promise<void>;
  /** What lies there, half-written things included. */
  list(): string[];
}

const altered = { name: 'EvidenceAltered' };
const unavailable = { name: 'EvidenceUnavailable' };

/** What every evidence store keeps, wherever it keeps it. */
export const evidenceRules = (placeOf: () => Place): void => {
  it('gives back the bytes that were put, under the digest of what is in them', async () => {
    const evidence = placeOf().open();
    const { sha256, uri } = await evidence.put(bytesOf('hello'));
    expect(sha256).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(uri).toBe(`sha256:${sha256}`);
    expect(textOf(await evidence.get(uri))).toBe('hello');
    expect(await evidence.verify(uri)).toEqual({ ok: true });
    expect(placeOf().list()).toContain(
      'sha256/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    );
  });

  it('keeps nothing of nothing, and every byte', async () => {
    const evidence = placeOf().open();
    for (const bytes of [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, index) => index)])
      expect(new Uint8Array(await evidence.get((await evidence.put(bytes)).uri))).toEqual(bytes);
  });

  it('keeps one file of the same bytes, however many put them at once, and nothing half-written', async () => {
    const stores = Array.from({ length: 10 }, () => placeOf().open());
    const bytes = new Uint8Array(300_000).fill(7);
    const put = await Promise.all(stores.map((evidence) => evidence.put(bytes)));
    expect(new Set(put.map(({ uri }) => uri)).size).toBe(1);
    expect(placeOf().list()).toHaveLength(1);
    expect(await stores[0]?.get(put[0]?.uri ?? '')).toHaveLength(300_000);
  });

  it('never gives altered bytes, and does not mend them behind anyone’s back', async () => {
    const evidence = placeOf().open();
    const { uri } = await evidence.put(bytesOf('what happened'));
    await placeOf().tamper(uri, 'what did not');
    await expect(evidence.get(uri)).rejects.toMatchObject({
      ...altered,
      message: expect.stringContaining(uri),
    });
    expect(await evidence.verify(uri)).toEqual({
      ok: false,
      problem: expect.stringContaining('was altered'),
    });
    await expect(evidence.put(bytesOf('what happened'))).rejects.toMatchObject(altered);
  });

  it('says when a file is gone', async () => {
    const evidence = placeOf().open();
    const { uri } = await evidence.put(bytesOf('x'));
    await placeOf().remove(uri);
    expect(await evidence.verify(uri)).toEqual({ ok: false, problem: expect.stringContaining('is missing') });
  });

  it.each([
    '../../../etc/passwd',
    'sha256:../../../../etc/passwd',
    `sha256:${'a'.repeat(63)}/`,
    `sha256:${'A'.repeat(64)}`,
    `file:///etc/passwd`,
    `sha256:${'a'.repeat(64)}\n`,
    '',
  ])('follows no address out of its place: %j', async (uri) => {
    await expect(placeOf().open().get(uri)).rejects.toMatchObject(altered);
  });

  it('writes nothing when opened for reading', async () => {
    const { uri } = await placeOf().open().put(bytesOf('x'));
    const evidence = placeOf().open({ readOnly: true });
    expect(textOf(await evidence.get(uri))).toBe('x');
    await expect(evidence.put(bytesOf('y'))).rejects.toMatchObject(unavailable);
    await expect(evidence.name(['a'], uri)).rejects.toMatchObject(unavailable);
  });

  describe('names', () => {
    it('stand for ever, whoever is first', async () => {
      const evidence = placeOf().open();
      const [one, two] = [await evidence.put(bytesOf('1')), await evidence.put(bytesOf('2'))];
      const name = ['seal', 'inc-1', '../../session', '1'];
      expect(await evidence.named(name)).toBeNull();
      const tries = await Promise.all(
        [one, two, one, two].map(({ uri }) => placeOf().open().name(name, uri)),
      );
      const standing = await evidence.named(name);
      expect([one.uri, two.uri]).toContain(standing);
      expect(new Set(tries)).toEqual(new Set([standing]));
      expect(await evidence.name(name, standing === one.uri ? two.uri : one.uri)).toBe(standing);
    });

    it('are told apart by every character, and lead nowhere else', async () => {
      const evidence = placeOf().open();
      const long = 'ä'.repeat(300);
      const names = [['a/b'], ['a', 'b'], ['a_b'], ['..'], ['.'], ['/etc/passwd'], ['\u0000'], [long], ['']];
      for (const [index, name] of names.entries())
        await evidence.name(name, (await evidence.put(bytesOf(String(index)))).uri);
      for (const [index, name] of names.entries())
        expect(textOf(await evidence.get((await evidence.named(name)) ?? ''))).toBe(String(index));
      expect(
        placeOf()
          .list()
          .filter((path) => !/^(names|sha256)\/[A-Za-z0-9_/-]+$/.test(path)),
      ).toEqual([]);
    });

    it('point at evidence only', async () => {
      await expect(placeOf().open().name(['a'], 'file:///etc/passwd')).rejects.toMatchObject(altered);
    });
  });
};
