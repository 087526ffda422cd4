const TEMPERATURE = /temp|celsius|fahrenheit|degrees|(?:^|_)deg(?:$|_)/i;
const [STEP, OFFSET] = [1.8, 32] as const;
/** So much of the learned range may lie between it and what is a value of it on the other scale. */
const SLACK = 0.25;

/** Temperatures that are all out of the learned range, and in it once they are read on the other scale. */
export const isOtherScale = (
  key: string,
  values: readonly number[],
  { min, max }: { min: number; max: number },
): boolean => {
  if (!TEMPERATURE.test(key) || values.length === 0 || max <= min) return false;
  const slack = (max - min) * SLACK;
  const isWithin = (v: number): boolean => v >= min - slack && v <= max + slack;
  return (
    values.every((v) => !isWithin(v)) &&
    (values.every((v) => isWithin((v - OFFSET) / STEP)) || values.every((v) => isWithin(v * STEP + OFFSET)))
  );
};
