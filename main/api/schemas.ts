import { z } from 'zod';
import { choice } from '../../core/concepts/option-forms.ts';
import { CHECK_LEVELS, RUN_OPTIONS } from '../../core/concepts/option-table.ts';
import { PREPROCESSING_FIELDS } from '../../core/images/preprocessing.ts';
import { allPresets } from '../../core/images/preprocessing-presets.ts';
import { JOB_KINDS } from '../../core/wording/job-words.ts';
import { ablationSchemas } from './ablation-schemas.ts';
import { comparisonSchemas } from './comparison-schemas.ts';
import type { WorkbenchApi } from './contract.ts';
import { editModelSchemas } from './edit-model-schemas.ts';
import { studySchemas } from './study-schemas.ts';
import { mapSchemas } from './map-schemas.ts';
import { coherenceSchemas } from './coherence-schemas.ts';
import { ownSchemas } from './own-schemas.ts';
import { studyMakingSchemas } from './study-making-schemas.ts';
import { overviewSchemas } from './overview-schemas.ts';
import { COUNT, NAME, PATH, RUN, RUN_KEY } from './schema-parts.ts';
import { OPTION_CHANGES } from './setup-options.ts';

/** What a method is called with; undefined for one that takes nothing. */
export type Argument<Method extends keyof WorkbenchApi> =
  Parameters<WorkbenchApi[Method]> extends [] ? undefined : Parameters<WorkbenchApi[Method]>[0];

const NOTHING = z.undefined();
const PAGE = { offset: COUNT, limit: z.int().min(1).max(500) };
const MOST_PATHS = 10_000;
const MOST_IMAGES = 10_000;
const IMAGE_WAY = z.enum(['add', 'replace']);
const DEVICE = RUN_OPTIONS.device.schema;
const TEXT = z.string().max(10_000);

const EDIT = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rename'), concept: NAME, name: z.string().trim().min(1).max(200) }),
  z.strictObject({ kind: z.enum(['hide', 'show']), concept: NAME }),
  z.strictObject({ kind: z.literal('merge'), concepts: z.array(NAME).min(2).max(1000) }),
  z.strictObject({ kind: z.literal('unmerge'), concept: NAME }),
  z.strictObject({ kind: z.enum(['hide-parts', 'show-parts']), concept: NAME }),
  z.strictObject({ kind: z.literal('comment'), concept: NAME, text: TEXT }),
]);

const REPORT = z.strictObject({
  ...RUN_KEY,
  concepts: z.array(NAME).min(1).exactOptional(),
  sections: z.array(NAME).exactOptional(),
});

/** The shape of every method's argument; what does not fit never reaches a handler. */
export const schemas = {
  getApp: NOTHING,
  getSettings: NOTHING,
  setSettings: z.strictObject({
    theme: z.enum(['system', 'light', 'dark']).exactOptional(),
    device: DEVICE.exactOptional(),
    mapOpacity: z.number().min(0).max(1).exactOptional(),
  }),
  listDevices: NOTHING,
  getCompute: NOTHING,
  restartCompute: NOTHING,
  getLog: z.strictObject({ after: COUNT }),
  listJobs: NOTHING,
  cancelJobs: z.union([z.strictObject({ id: NAME }), z.strictObject({ kind: z.enum(JOB_KINDS) })]),

  listRecent: NOTHING,
  openRecent: z.strictObject({ id: NAME }),
  forgetRecent: z.strictObject({ id: NAME }),
  openDemo: NOTHING,

  getSetup: NOTHING,
  addPaths: z.strictObject({
    paths: z.array(PATH).max(MOST_PATHS),
    images: IMAGE_WAY.exactOptional(),
    unsent: z
      .array(z.strictObject({ name: PATH, kind: z.enum(['file', 'folder']) }))
      .max(MOST_PATHS)
      .exactOptional(),
  }),
  unusableFiles: z.strictObject({ names: z.array(PATH).max(MOST_PATHS) }),
  answerImages: z.strictObject({ way: z.enum(['add', 'replace', 'leave']) }),
  takeBackProject: z.strictObject({ key: NAME }),
  chooseFiles: z.strictObject({
    what: z.enum([
      ...(['model', 'folders', 'pictures', 'labels', 'table', 'marks', 'marksFolder'] as const),
      ...(['project', 'reference', 'references'] as const),
    ]),
    images: IMAGE_WAY.exactOptional(),
  }),
  removeImages: z.strictObject({ root: PATH }),
  refreshImages: NOTHING,
  clearSetup: NOTHING,
  choosePreprocessing: z.strictObject({
    preprocessing: z.union([
      z.enum(allPresets as [string, ...string[]]),
      PREPROCESSING_FIELDS.partial(),
      z.null(),
    ]),
  }),
  chooseLabels: z.strictObject({ path: PATH.nullable() }),
  listOptions: NOTHING,
  setOptions: OPTION_CHANGES,
  compareWith: z.strictObject({ path: PATH }),
  undoSetup: NOTHING,
  inspectModel: NOTHING,
  previewImages: z.strictObject({ limit: z.int().min(1).max(64) }),
  comparePreprocessings: NOTHING,
  previewOutputs: NOTHING,
  predictAll: NOTHING,
  listImages: z.strictObject({
    ...PAGE,
    sort: z.enum(['path', 'folder', 'bytes', 'predicted', 'figure']).exactOptional(),
    descending: z.boolean().exactOptional(),
    filter: z.string().max(4096).exactOptional(),
  }),
  estimate: NOTHING,

  startRun: NOTHING,
  pauseRun: NOTHING,
  resumeRun: NOTHING,
  cancelRun: NOTHING,
  getRun: NOTHING,
  getEarlyConcepts: NOTHING,

  renameRun: z.strictObject({ ...RUN_KEY, name: z.string().trim().max(200) }),
  deleteRun: RUN,
  restoreRun: RUN,
  setUpAgain: RUN,

  getResult: RUN,
  getRunInputs: RUN,
  listCrops: z.strictObject({
    ...PAGE,
    ...RUN_KEY,
    concept: NAME,
    sort: z.enum(['coefficient', 'effect']).exactOptional(),
    places: z.enum(['all', 'strongest']).exactOptional(),
    only: z.array(COUNT).exactOptional(),
  }),
  editConcept: z.strictObject({ ...RUN_KEY, edit: EDIT }),
  undoEdit: RUN,
  redoEdit: RUN,

  getTree: RUN,
  listDecompositionLayers: z.strictObject({ ...RUN_KEY, concept: NAME }),
  decomposeConcept: z.strictObject({
    ...RUN_KEY,
    concept: NAME,
    layer: z.string().min(1).max(1000).exactOptional(),
    parts: RUN_OPTIONS.parts.schema.exactOptional(),
  }),

  listRunImages: z.strictObject({ ...RUN_KEY, offset: COUNT, limit: z.int().min(1).max(MOST_IMAGES) }),
  getColumns: RUN,
  removeTable: NOTHING,
  getObjects: RUN,
  removeMarks: NOTHING,
  getWhyNot: z.strictObject({ ...RUN_KEY, image: COUNT, other: COUNT }),
  measureImages: RUN,
  getImage: z.strictObject({ ...RUN_KEY, image: COUNT, method: NAME.exactOptional() }),
  getWaterfall: z.strictObject({ ...RUN_KEY, image: COUNT }),
  ...ablationSchemas,
  ...mapSchemas,
  ...coherenceSchemas,
  ...ownSchemas,
  ...studyMakingSchemas,

  getEvaluation: RUN,
  evaluateRun: z.strictObject({ ...RUN_KEY, level: choice(CHECK_LEVELS).schema }),
  getErrorAnalysis: RUN,
  compareCuts: z.strictObject({}),
  weighRanks: z.strictObject({ run: RUN.exactOptional() }),

  ...overviewSchemas,

  drawScoreMaps: z.strictObject({
    method: z.enum(['occlusion', 'rise', 'sobol-attribution']),
    count: z.int().min(1).max(64),
    classIndex: COUNT.nullable(),
  }),
  saveScoreMaps: NOTHING,

  ...comparisonSchemas,
  ...editModelSchemas,
  ...studySchemas,

  listReportSections: NOTHING,
  previewReport: REPORT,
  saveReport: REPORT,
  printReport: REPORT,
  showInFolder: z.strictObject({ what: z.enum(['project', 'report']) }),
} satisfies { readonly [Method in keyof WorkbenchApi]: z.ZodType<Argument<Method>> };
