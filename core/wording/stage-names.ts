/** What each stage of a run does, in their order. */
const STAGE_NAMES = {
  predictions: 'Ask the model about every image',
  rows: 'Read the activations',
  concepts: 'Find concepts',
  coefficients: 'Measure every concept in every image',
  importance: 'Measure how much the prediction depends on each',
  rest: 'Weigh what no concept explains',
  maps: 'Draw where each concept is',
  removals: 'Decide again without each concept',
  shortcuts: 'Look for shortcuts',
  mistakes: 'Look into mistakes',
  parts: 'Decompose concepts into parts',
  evaluation: 'Check how far it can be trusted',
  influence: 'Find what each concept rests on',
  merge: 'Compute merged concepts together',
} as const;

/** Steps of work on a finished run. */
const OTHER_STEPS: ReadonlyMap<string, string> = new Map([
  ['measured', 'Measure every concept in every image'],
  ['neighbours', 'Find what is near what'],
  ['layout', 'Lay them out'],
  ['groups', 'Look for groups'],
  ['edit-plan', 'See what goes along with the concepts'],
  ['edits', 'Try edits'],
  ['study-pictures', 'Look at the pictures'],
  ['study-panels', 'Draw what is shown'],
  ['edit-test', 'Count again on the other half'],
]);

/** The stages of a run, in their order. */
export const STAGE_ORDER = Object.keys(STAGE_NAMES);

/** What a run keeps under another name than that of the stage that made it. */
const KEPT_AS: Readonly<Record<string, string>> = { bank: 'concepts' };

/**
 * What a stage does, in a few words. Also of what a run keeps of it: its bank, and its maps by each method; of a stage
 * that is not known, its own name.
 */
export function stageName(stage: string): string {
  const [, base, method] = /^(maps)-(.+)$/.exec(stage) ?? [stage, KEPT_AS[stage] ?? stage];
  if (!Object.hasOwn(STAGE_NAMES, base)) return OTHER_STEPS.get(stage) ?? stage;
  const name = STAGE_NAMES[base as keyof typeof STAGE_NAMES];
  return method === undefined ? name : `${name} (${method})`;
}
