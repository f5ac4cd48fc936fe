import { squaredDistance } from '../factorization/k-means.ts';
import { matrixColumn, rowView, takeRows, type Matrix } from '../linalg/matrix.ts';
import { findGroups, type Groups, type GroupWork } from '../metrics/groups.ts';
import type { Project } from '../project/project-folder.ts';
import { fingerprintOf } from '../project/canonical-json.ts';
import { openStageEntry } from '../project/stage-entry.ts';
import type { MeasuredImages } from './measured-images.ts';

/** Images whose decisions come about in like ways. */
export interface ImageGroup {
  /** Places in what was measured, the most typical first: nearest to the group's mean. */
  readonly rows: readonly number[];
  /** What sets it apart, the largest difference first. */
  readonly leading: readonly LeadingConcept[];
}

/** What a concept does to the score in a group and in the other images, on average. */
export interface LeadingConcept {
  /** Row of the bank. */
  readonly concept: number;
  readonly mean: number;
  readonly elsewhere: number;
}

/** Images in groups by what the concepts do to their score, or why there are none. */
export interface ImageGroups extends Pick<Groups, 'status' | 'silhouette' | 'usual'> {
  readonly groups: readonly ImageGroup[];
}

const LEADING = 3;
const VERSION = 1;

/**
 * Groups of images by what each concept does to their score, see {@link findGroups}: images that are right, or wrong, for
 * different reasons. `chosen` are the places in what was measured of the images that are grouped. Kept in the project's cache.
 *
 * As ViRelAy and LENS do for heat maps and for neurons, here for the concepts of the run.
 * Source  Anders and others 2021, "Software for Dataset-wide XAI" (ViRelAy); Lapuschkin and others 2019, "Unmasking Clever
 *         Hans predictors" (clusters of explanations).
 */
export async function groupsOfImages(
  project: Project,
  measured: MeasuredImages,
  chosen: readonly number[],
  work: GroupWork,
): Promise<ImageGroups> {
  const rows = takeRows(measured.contributions, chosen);
  const fingerprint = fingerprintOf(project.storage, {
    version: VERSION,
    measured: measured.fingerprint,
    chosen,
    seed: work.seed,
  });
  const entry = await openStageEntry(project, 'groups', fingerprint);
  const { value } = await entry.get(0, async () => {
    const { labels, ...found } = await findGroups(rows, work);
    return { tensors: new Map(), value: { ...found, labels: [...labels] } };
  });
  const { labels, count, ...facts } = value;
  if (facts.status !== 'groups') return { ...facts, groups: [] };
  const groups = Array.from({ length: count }, (_, group) => groupOf(rows, labels, group));
  return {
    ...facts,
    groups: groups.map((group) => ({ ...group, rows: group.rows.map((row) => chosen[row]) })),
  };
}

function groupOf(a: Matrix, labels: readonly number[], group: number): ImageGroup {
  const rows = labels.flatMap((label, row) => (label === group ? [row] : []));
  const others = labels.flatMap((label, row) => (label === group ? [] : [row]));
  const own = meanOf(a, rows);
  const elsewhere = meanOf(a, others);
  const far = new Map(rows.map((row) => [row, squaredDistance(rowView(a, row), own)]));
  return {
    rows: rows.sort((x, y) => far.get(x)! - far.get(y)!),
    leading: [...own.keys()]
      .map((concept) => ({ concept, mean: own[concept], elsewhere: elsewhere[concept] }))
      .sort((x, y) => Math.abs(y.mean - y.elsewhere) - Math.abs(x.mean - x.elsewhere))
      .slice(0, LEADING),
  };
}

function meanOf(a: Matrix, rows: readonly number[]): Float64Array {
  const some = takeRows(a, rows);
  return Float64Array.from({ length: a.cols }, (_, j) =>
    matrixColumn(some, j).reduce((sum, value) => sum + value / rows.length, 0),
  );
}
