/** What each stage of a run does, in their order. */
const STAGE_NAMES = {
  predictions: 'Ask the model about every image',
  rows: 'Read the activations',
  concepts: 'Find concepts',
  coefficients: 'Measure every concept in every image',
  importance: 'Measure how much the prediction depends on each',
  maps: 'Draw where each concept is',
  removals: 'Decide again without each concept',
  parts: 'Split concepts into parts',
  evaluation: 'Check how far it can be trusted',
} as const;

/** The stages of a run, in their order. */
export const STAGE_ORDER = Object.keys(STAGE_NAMES);

/** What a stage does, in a few words; of a stage that is not known, its own name. */
export function stageName(stage: string): string {
  return Object.hasOwn(STAGE_NAMES, stage) ? STAGE_NAMES[stage as keyof typeof STAGE_NAMES] : stage;
}
