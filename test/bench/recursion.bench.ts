import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { upsampleMap } from '../../core/attribution/upsampled-coefficients.ts';
import { DEFAULT_OPTIONS, type RunOptions } from '../../core/concepts/run-options.ts';
import type { Decomposition, LayerRecord } from '../../core/concepts/explanation.ts';
import { footprint } from '../../core/concepts/recursion/footprint.ts';
import { flatTree, conceptTree, rowOfId } from '../../core/concepts/recursion/concept-tree.ts';
import { nnls } from '../../core/factorization/nnls.ts';
import { assignRows } from '../../core/linalg/assignment.ts';
import { matrixColumn } from '../../core/linalg/matrix.ts';
import { bestOverlap, massInside } from '../../core/metrics/localisation.ts';
import type { ExplainOutcome } from '../../core/pipeline/explain.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { runnerFor, cutAt } from '../../core/pipeline/model-parts.ts';
import { openOrCreateProject } from '../../core/pipeline/open-project.ts';
import { explainOptions } from '../core/pipeline/explain-options.ts';
import type { ModelScope, RunScope } from '../../core/pipeline/run-context.ts';
import { activationsOf, chooseDecompositionImages } from '../../core/pipeline/decomposition-images.ts';
import { parentConcept } from '../../core/pipeline/parent-concept.ts';
import type { RunTensors } from '../../core/project/run-tensors.ts';
import { loadRunTensors } from '../../core/project/tensors-file.ts';
import { createNodeEnvironment } from '../../main/compute/node-environment.ts';
import type { Bench } from './run.ts';

/*
 * Does a tree recover the parts of which the demo's pictures are painted? Concepts and their parts are matched one to one
 * with the painted parts (Hungarian method) by the overlap of their coefficients over the pictures that have masks, and
 * compared with the concepts before they were decomposed and with a flat bank of as many concepts as the tree has nodes.
 * `CLASSES=house,tree` scores these alone.
 */

const DEMO = path.join(import.meta.dirname, '../../models/demo');
const SIZE = 128;
/** Every how many pixels, along both axes, maps and masks are compared. */
const COARSE = 4;
const SIDE = SIZE / COARSE;
/** Painted parts that cover less of the pictures are too small for any cell. */
const SMALLEST_PART = 0.004;
const CLASSES = (process.env['CLASSES'] ?? '').split(',').filter((name) => name !== '');

type Mask = readonly number[];

interface PaintedPart {
  readonly name: string;
  /** Over all scored pictures, one after another. */
  readonly mask: Mask;
}

interface Match {
  readonly part: string;
  readonly node: string;
  readonly iou: number;
  readonly mass: number;
  readonly chance: number;
}

const bench: Bench = {
  name: 'recursion: concepts and their parts against the painted parts of the demo',
  async run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'tessera-recursion-'));
    try {
      return await scoreClasses(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
export default bench;

async function scoreClasses(folder: string): Promise<string[]> {
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
  const device = await environment.openDevice('cpu');
  const rows: string[] = [];
  const means: number[][] = [];
  for (const name of intake.labels.names) {
    if (CLASSES.length > 0 && !CLASSES.includes(name)) continue;
    const project = await openOrCreateProject(environment, path.join(folder, name), intake, []);
    const scope = { environment, intake, device, project, onProgress: () => undefined, signal: undefined };
    const tree = await explainOptions(scope, { ...optionsOf(name), recurse: 1 });
    const nodes = flatTree(conceptTree(tree.run.explanation!)).length;
    const flat = await explainOptions(
      { ...scope, project: tree.project },
      { ...optionsOf(name), concepts: nodes },
    );
    const painted = await paintedParts(scope, tree);
    const whole = match(await mapsOf(scope, tree, false), painted);
    const inParts = match(await mapsOf(scope, tree, true), painted);
    const more = match(await mapsOf(scope, flat, false), painted);
    means.push([whole, inParts, more].flatMap((one) => [mean(one, 'iou'), mean(one, 'mass')]));
    rows.push(
      `${name}: ${painted.length} painted parts, ${nodes} nodes`,
      ...inParts.map(
        ({ part, node, iou, mass, chance }, i) =>
          `  ${part.padEnd(10)} ${node.padEnd(14)} IoU ${iou.toFixed(2)}  mass inside ${mass.toFixed(2)}  (flat map ${chance.toFixed(2)}; undivided ${whole[i].iou.toFixed(2)} by ${whole[i].node})`,
      ),
    );
    console.error(
      rows.at(-1 - inParts.length),
      means
        .at(-1)!
        .map((value) => value.toFixed(3))
        .join(' '),
    );
  }
  const overall = means[0].map((_, i) => means.reduce((sum, one) => sum + one[i], 0) / means.length);
  const line = (what: string, at: number) =>
    `${what.padEnd(34)} IoU ${overall[at].toFixed(3)}  mass inside ${overall[at + 1].toFixed(3)}`;
  return [
    ...rows,
    '',
    line('concepts before they are decomposed', 0),
    line('tree: concepts and their parts', 2),
    line('flat bank of as many concepts', 4),
  ];
}

function optionsOf(className: string): RunOptions {
  return {
    ...DEFAULT_OPTIONS,
    model: path.join(DEMO, 'model.onnx'),
    images: [path.join(DEMO, 'images', className)],
    class: className,
    select: 'all',
    maps: ['upsampled-coefficients'],
    evaluate: 'none',
    device: 'cpu',
  };
}

const mean = (matches: readonly Match[], what: 'iou' | 'mass'): number =>
  matches.reduce((sum, one) => sum + one[what], 0) / matches.length;

/** Images of the run that have a mask: the first ten of the class. */
function scored({ run }: ExplainOutcome): number[] {
  return [...run.explanation!.images.keys()].slice(0, 10);
}

async function paintedParts({ environment }: RunScope, outcome: ExplainOutcome): Promise<PaintedPart[]> {
  const card = JSON.parse(await readFile(path.join(DEMO, 'card.json'), 'utf8')) as {
    readonly parts: Readonly<Record<string, number>>;
  };
  const pictures = await Promise.all(
    scored(outcome).map(async (image) => {
      const file = outcome.run.explanation!.images[image].file;
      const mask = file
        .replace(`${path.sep}images${path.sep}`, `${path.sep}masks${path.sep}`)
        .replace('.jpg', '.png');
      return (await environment.codec.decode(mask)).data;
    }),
  );
  return Object.entries(card.parts)
    .map(([name, value]) => ({
      name,
      mask: pictures.flatMap((data) =>
        Array.from({ length: SIDE * SIDE }, (_, i) => {
          const [row, column] = [Math.floor(i / SIDE) * COARSE, (i % SIDE) * COARSE];
          return data[3 * (row * SIZE + column)] === value ? 1 : 0;
        }),
      ),
    }))
    .filter(({ mask }) => shareOf(mask) >= SMALLEST_PART);
}

const shareOf = (mask: Mask): number => mask.reduce((sum, one) => sum + one, 0) / mask.length;

/** Maps of all concepts, and of their parts, over the scored pictures. */
async function mapsOf(
  scope: RunScope & ModelScope,
  outcome: ExplainOutcome,
  withParts: boolean,
): Promise<Map<string, number[]>> {
  const { explanation } = outcome.run;
  const tensors = await loadRunTensors(outcome.project, outcome.run.id);
  const maps = new Map<string, number[]>();
  for (const { id, name } of explanation!.concepts) {
    const { coefficients, column, layer } = parentConcept(explanation!, tensors, id);
    maps.set(
      name,
      scored(outcome).flatMap((image) => [...onSide(matrixColumn(coefficients[image], column), layer)]),
    );
  }
  if (!withParts) return maps;
  for (const decomposition of explanation!.splits ?? []) {
    for (const [name, map] of await partMaps(scope, outcome, tensors, decomposition)) maps.set(name, map);
  }
  return maps;
}

/** Parts in pictures beyond those of the decomposition: coefficients by least squares in the parent's footprint. */
async function partMaps(
  scope: RunScope & ModelScope,
  outcome: ExplainOutcome,
  tensors: RunTensors,
  { parent: id, layer, parts }: Decomposition,
): Promise<Map<string, number[]>> {
  const { explanation } = outcome.run;
  const parent = parentConcept(explanation!, tensors, id);
  const { threshold } = chooseDecompositionImages(parent);
  const images = scored(outcome);
  const files = images.map((image) => ({ path: explanation!.images[image].file }));
  const runner = runnerFor(scope, cutAt(scope.intake, layer).latent);
  const activations = await activationsOf(scope, runner, layer, files);
  await runner.dispose();
  const maps = new Map(parts.map(({ name }) => [name, [] as number[]]));
  for (const [i, image] of images.entries()) {
    const strengths = matrixColumn(parent.coefficients[image], parent.column);
    const inside = footprint(strengths, threshold, parent.layer, layer);
    const solved = await nnls(activations[i], tensors.parts.get(id)!.conceptBank);
    for (const part of parts) {
      const own = matrixColumn(solved.coefficients, rowOfId(part.id)).map((value, at) => value * inside[at]);
      maps.get(part.name)!.push(...onSide(own, layer));
    }
  }
  return maps;
}

function onSide(values: Float32Array, { grid }: LayerRecord): Float32Array {
  return upsampleMap(values, grid, [SIDE, SIDE]);
}

/** One node for each painted part, so that the sum of the overlaps is largest. */
function match(maps: ReadonlyMap<string, number[]>, painted: readonly PaintedPart[]): Match[] {
  const names = [...maps.keys()];
  const overlaps = painted.flatMap(({ mask }) =>
    names.map((name) => bestOverlap(maps.get(name)!, mask)!.iou),
  );
  const isWide = painted.length <= names.length;
  const cost = isWide
    ? overlaps.map((iou) => -iou)
    : names.flatMap((_, j) => painted.map((__, i) => -overlaps[i * names.length + j]));
  const found = isWide
    ? assignRows(cost, painted.length, names.length)
    : assignRows(cost, names.length, painted.length);
  return painted.map(({ name: part, mask }, i) => {
    const j = isWide ? found[i] : found.indexOf(i);
    if (j < 0) return { part, node: 'none', iou: 0, mass: 0, chance: shareOf(mask) };
    const iou = overlaps[i * names.length + j];
    return {
      part,
      node: names[j],
      iou,
      mass: massInside(maps.get(names[j])!, mask) ?? 0,
      chance: shareOf(mask),
    };
  });
}
