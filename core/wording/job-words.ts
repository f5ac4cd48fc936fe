import { countText, listText } from './count-text.ts';
import { stageName } from './stage-names.ts';

/** What long work does, while it is under way, and what it is called by work that waits for it. */
const JOB_WORDS = {
  run: { doing: 'Explaining', noun: 'the run' },
  predictions: { doing: 'Asking the model about every image', noun: 'the count of predictions' },
  rank: { doing: 'Trying numbers of concepts', noun: 'the trial of numbers of concepts' },
  frontier: {
    doing: 'Comparing layers and numbers of concepts',
    noun: 'the comparison of layers',
  },
  evaluation: { doing: 'Evaluating the run', noun: 'the evaluation' },
  decomposition: { doing: 'Decomposing a concept', noun: 'a decomposition' },
  merge: { doing: 'Computing concepts together', noun: 'a merge' },
  'own-concept': { doing: 'Making a concept of examples', noun: 'an own concept' },
  study: { doing: 'Drawing the study', noun: 'a study' },
  alike: { doing: 'Looking for crops like this one', noun: 'the look for crops' },
  dependence: { doing: 'Counting decisions without each concept', noun: 'the count of decisions' },
  'what-if-run': { doing: 'Deciding every image again', noun: 'a what-if over the run' },
  'what-if-image': { doing: 'Asking the model what if', noun: 'a what-if' },
  'smallest-change': { doing: 'Looking for the smallest change', noun: 'the search for the smallest change' },
  measure: { doing: 'Looking for the concepts', noun: 'the look for concepts in further images' },
  map: { doing: 'Laying the images out', noun: 'the map of the images' },
  groups: { doing: 'Looking for groups of images', noun: 'the look for groups' },
  export: { doing: 'Writing the export', noun: 'the export' },
  maps: { doing: 'Drawing maps', noun: 'maps' },
  'score-maps': { doing: 'Drawing where it looks', noun: 'the maps of where it looks' },
  comparison: { doing: 'Comparing two runs', noun: 'a comparison' },
  'comparison-report': { doing: 'Writing the comparison', noun: 'the report of a comparison' },
  'new-images': { doing: 'Looking for the concepts in new images', noun: 'the look at new images' },
  'edit-search': { doing: 'Looking for the least change', noun: 'the search for the least change' },
  'concept-costs': { doing: 'Counting what each concept costs', noun: 'the count of costs' },
  package: { doing: 'Writing the audit package', noun: 'the audit package' },
  'model-edit': { doing: 'Trying the edit', noun: 'the trial of an edit' },
  preview: { doing: 'Making the preview', noun: 'the preview' },
  pair: { doing: 'Asking why one class and not the other', noun: 'the question about two classes' },
  report: { doing: 'Writing the report', noun: 'the report' },
} as const;

/** A kind of long work. */
export type JobKind = keyof typeof JOB_WORDS;

/** All kinds of long work. */
export const JOB_KINDS = Object.keys(JOB_WORDS) as readonly JobKind[];

/** "Drawing maps" */
export function jobText(kind: JobKind): string {
  return JOB_WORDS[kind].doing;
}

/** What must end first, in the order in which it does: "waits for the run and the evaluation to finish". */
export function waitText(ahead: readonly JobKind[]): string {
  return `waits for ${listText([...new Set(ahead)].map((kind) => JOB_WORDS[kind].noun))} to finish`;
}

/** How long work stands, as far as its words need it. */
interface JobStand {
  readonly kind: JobKind;
  readonly progress: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
    readonly part?: { readonly of: string; readonly at: number; readonly most: number };
  } | null;
  readonly waitsFor: readonly JobKind[];
  readonly isStopping: boolean;
}

/** What long work is at, without how far it is: "Drawing maps", "Drawing maps: waits for the run to finish". */
export function jobStandText({ kind, waitsFor, isStopping }: JobStand): string {
  const doing = jobText(kind);
  if (isStopping) return `${doing}: stops after what is at hand`;
  return waitsFor.length > 0 ? `${doing}: ${waitText(waitsFor)}` : doing;
}

/** "round 2 of at most 6": which time it is of work that does the same several times. */
export function partText({ of, at, most }: NonNullable<NonNullable<JobStand['progress']>['part']>): string {
  return `${of} ${at} of ${of === 'round' ? 'at most ' : ''}${most}`;
}

/** How far its step is, and which of its steps that is where it has several: "Find concepts, 40 of 200". */
export function jobProgressText({ kind, progress, waitsFor }: JobStand): string {
  if (progress === null || progress.total === 0 || waitsFor.length > 0) return '';
  const { stage, done, total, part } = progress;
  const step = stageName(stage);
  return [
    ...(step === stage || stage === kind ? [] : [step]),
    ...(part === undefined ? [] : [partText(part)]),
    `${countText(done)} of ${countText(total)}`,
  ].join(', ');
}
