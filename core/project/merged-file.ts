import { z } from 'zod';
import type { ConceptRemoval, Estimate } from '../concepts/explanation.ts';
import { matrixTensor, tensorMatrix } from '../linalg/matrix-tensor.ts';
import { matrix, rowView } from '../linalg/matrix.ts';
import type { Storage } from '../platform.ts';
import { float32, type Tensor } from '../tensor.ts';
import { decodeChecked, encodeChecked } from './checked-tensors.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';
import type { RunFile } from './schema.ts';

/*
 * runs/ID/merged-KEY.safetensors: what was computed of concepts of a run together, KEY by which concepts they are. It is
 * kept when they are unmerged, so that merging them again takes no time.
 */

/** A group's maps by one method in some images of the run; the size is that of the run's maps. */
export interface MergedMaps {
  readonly images: readonly number[];
  /** [height · width] of each. */
  readonly maps: readonly Float32Array[];
}

/** What is computed of some concepts of a run together. */
export interface MergedFigures {
  readonly importance: Estimate;
  /** [n] Total index in each image; NaN where the logit is not finite. */
  readonly imageImportance: Float64Array;
  /** The images that are decided otherwise without all of them; absent where the run has no removals. */
  readonly flips?: ConceptRemoval['flips'];
  /** By how much the margin of each of the run's mistakes falls without all of them. */
  readonly changes?: readonly number[];
  /** By method, of those that are not drawn from the coefficients. */
  readonly maps: ReadonlyMap<string, MergedMaps>;
}

const FACTS = z.object({
  importance: z.object({ mean: z.number(), low: z.number(), high: z.number() }),
  flips: z
    .array(
      z.object({
        image: z.int().nonnegative(),
        to: z.object({ index: z.int().nonnegative(), name: z.string() }),
      }),
    )
    .exactOptional(),
  changes: z.array(z.number()).exactOptional(),
  maps: z.record(z.string(), z.array(z.int().nonnegative())),
});

const MAPS = 'maps.';

/** Writes what was computed of a group of concepts. */
export async function saveMerged(
  project: Project,
  { id, created }: Pick<RunFile, 'id' | 'created'>,
  group: readonly string[],
  { imageImportance, maps, ...facts }: MergedFigures,
): Promise<void> {
  requireRun(project, id);
  const indices: Tensor = { type: 'float64', dims: [imageImportance.length], data: imageImportance };
  const drawn = [...maps].map(([method, own]): [string, Tensor] => [`${MAPS}${method}`, stacked(own.maps)]);
  const images = Object.fromEntries([...maps].map(([method, own]) => [method, own.images]));
  const bytes = encodeChecked(project.storage, {
    tensors: new Map([['imageImportance', indices], ...drawn]),
    facts: { run: created, group: keyText(group), figures: JSON.stringify({ ...facts, maps: images }) },
  });
  await project.storage.writeAtomic(pathOf(project, id, group), bytes);
}

/** What was computed of a group of concepts; undefined where nothing was, or where the file is not what was written. */
export async function loadMerged(
  project: Project,
  { id, created }: Pick<RunFile, 'id' | 'created'>,
  group: readonly string[],
): Promise<MergedFigures | undefined> {
  requireRun(project, id);
  const path = pathOf(project, id, group);
  if (!(await project.storage.exists(path))) return undefined;
  const bytes = await project.storage.readBytes(path);
  const read = decodeChecked(project.storage, bytes, ['run', 'group', 'figures']);
  if (read?.facts.run !== created || read.facts.group !== keyText(group)) return undefined;
  const { maps, ...facts } = FACTS.parse(JSON.parse(read.facts.figures));
  return {
    ...facts,
    imageImportance: read.tensors.get('imageImportance')!.data as Float64Array,
    maps: new Map(
      Object.entries(maps).map(([method, images]) => [
        method,
        { images, maps: unstacked(read.tensors.get(`${MAPS}${method}`) as Tensor<'float32'>) },
      ]),
    ),
  };
}

/** Another text whenever what is stored of the groups has been written since. */
export async function mergedStamp(
  project: Project,
  id: string,
  groups: readonly (readonly string[])[],
): Promise<string> {
  const stamps = groups.map(async (group) => {
    const path = pathOf(project, id, group);
    if (!(await project.storage.exists(path))) return [group];
    const { size, modifiedMs } = await project.storage.stat(path);
    return [group, size, modifiedMs];
  });
  return JSON.stringify(await Promise.all(stamps));
}

/** Names a group, whatever the order of its concepts. */
export function mergedKey(storage: Pick<Storage, 'sha256'>, group: readonly string[]): string {
  return storage.sha256(new TextEncoder().encode(keyText(group))).slice(0, 16);
}

function keyText(group: readonly string[]): string {
  return [...group].sort().join(' ');
}

function pathOf(project: Project, id: string, group: readonly string[]): string {
  return runPath(project, id, `merged-${mergedKey(project.storage, group)}.safetensors`);
}

function stacked(maps: readonly Float32Array[]): Tensor {
  if (maps.length === 0) return float32(new Float32Array(0), [0, 0]);
  const out = matrix(maps.length, maps[0].length);
  maps.forEach((map, i) => out.data.set(map, i * map.length));
  return matrixTensor(out);
}

function unstacked(tensor: Tensor<'float32'>): Float32Array[] {
  const maps = tensorMatrix(tensor);
  return Array.from({ length: maps.rows }, (_, i) => rowView(maps, i));
}
