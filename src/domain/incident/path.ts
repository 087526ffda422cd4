import type { SuggestedAnalysis } from './state.ts';

/** The suggested steps from `origin` to the symptom, increasing. */
export function pathFrom(analysis: SuggestedAnalysis, origin: number): number[] {
  const { symptomStep, cascadePath } = analysis;
  const between = cascadePath.filter((step) => step > origin && (symptomStep === null || step < symptomStep));
  const end = symptomStep !== null && symptomStep > origin ? [symptomStep] : [];
  return [origin, ...new Set([...between, ...end].sort((a, b) => a - b))];
}
