import { scanImages, type ImageFile } from '../../../core/images/folder-scan.ts';
import { DISCOVERY_RATE, FEWEST_IMAGES } from '../../../core/metrics/drift.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { driftedConcepts, scoreRun, type ScoredRun } from '../../../core/pipeline/score-run.ts';
import { scoreTable } from '../../../core/pipeline/score-table.ts';
import type { SkippedFile } from '../../../core/concepts/explanation.ts';
import { csvText } from '../../../core/wording/csv.ts';
import type { ScoredColumns } from '../protocol.ts';
import type { CompleteRuns } from './complete-runs.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';

/** Left-out files that are named. */
const MOST_SKIPPED = 100;

/** Jobs about images that a run has never seen. */
export function newImageJobs(
  environment: Environment,
  openIntake: OpenIntake,
  openRun: OpenRun,
  complete: CompleteRuns,
): Jobs<'scoreImages'> {
  const { storage } = environment;
  return {
    async scoreImages({ roots, table, ...question }, { signal, onProgress }) {
      const { project } = await openRun(question);
      await complete(project, [question.runId], { signal, onProgress });
      const opened = await openRun(question);
      const { run } = opened;
      const scan = await scanImages(storage, roots);
      const intake = await openRunModel(openIntake, opened);
      const device = await environment.openDevice(run.options.device);
      const scope = { environment, device, intake };
      const scored = await scoreRun(scope, { project, run }, scan.images, { onProgress, signal });
      await storage.makeDirectory(storage.dirname(table));
      await storage.writeAtomic(table, csvText(scoreTable(scored)));
      return columnsOf(opened, scored, scan.images, [...scan.skipped, ...scored.skipped]);
    },
  };
}

function columnsOf(
  { explanation, preprocessing }: OpenedRun,
  scored: ScoredRun,
  given: readonly ImageFile[],
  skipped: readonly SkippedFile[],
): ScoredColumns {
  const { images, concepts, compared, mostRest, restImages } = scored;
  const rows = concepts.map(({ column }) => column);
  const fileOf = new Map(given.map((file) => [file.path, file]));
  const table = (of: (image: ScoredRun['images'][number]) => ArrayLike<number>): Float32Array => {
    const out = new Float32Array(images.length * rows.length);
    images.forEach((image, at) => {
      const values = of(image);
      rows.forEach((row, place) => (out[at * rows.length + place] = values[row]));
    });
    return out;
  };
  return {
    concepts: concepts.map(({ id, name, drift }) => ({ id, name, drift: drift ?? null })),
    drifted: driftedConcepts(concepts).map(({ id }) => id),
    className: explanation.className,
    compared,
    fewest: FEWEST_IMAGES,
    falseDiscoveryRate: DISCOVERY_RATE,
    mostRest: mostRest ?? null,
    restImages,
    skipped: skipped.slice(0, MOST_SKIPPED),
    skippedCount: skipped.length,
    preprocessing,
    files: images.map(({ file }) => fileOf.get(file)!),
    predicted: images.map(({ predicted }) => predicted),
    isExplained: Uint8Array.from(images, ({ isExplained }) => Number(isExplained)),
    score: Float64Array.from(images, ({ score }) => score),
    ofConcepts: Float64Array.from(images, ({ ofConcepts }) => ofConcepts),
    rest: Float64Array.from(images, ({ rest }) => rest),
    amounts: table(({ amounts }) => amounts),
    contributions: table(({ contributions }) => contributions),
  };
}
