/** What the promise gives, or null when it fails or takes longer: a slow database never delays a stop. */
export async function withinMs<T>(promise: Promise<T>, ms: number): Promise<{ value: T } | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([
      promise.then(
        (value) => ({ value }),
        () => null,
      ),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
