import path from 'node:path';
import { readFileSync } from 'node:fs';
import { MAP_METHOD_NAMES, type MapMethod } from '../../core/attribution/methods.ts';
import { upsampleMap } from '../../core/attribution/upsampled-coefficients.ts';
import { buildBank } from '../../core/concepts/bank.ts';
import type { LayerRecord } from '../../core/concepts/explanation.ts';
import { toRows } from '../../core/concepts/latent-rows.ts';
import { nnls } from '../../core/factorization/nnls.ts';
import { matrix, type Matrix } from '../../core/linalg/matrix.ts';
import { bestOverlap, massInside } from '../../core/metrics/localisation.ts';
import { sanityCheck, type MapPair } from '../../core/metrics/sanity-check.ts';
import { randomiseWeights } from '../../core/onnx/randomise-weights.ts';
import { openConceptMapper } from '../../core/pipeline/concept-mapper.ts';
import { chooseLayer } from '../../core/pipeline/choose-layer.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { runnerFor, cutAt } from '../../core/pipeline/model-parts.ts';
import { readBatch, requireAll } from '../../core/pipeline/pictures.ts';
import type { ModelScope } from '../../core/pipeline/run-context.ts';
import { float32, type Tensor } from '../../core/tensor.ts';
import { createNodeEnvironment } from '../../main/compute/node-environment.ts';
import type { Bench } from './run.ts';

/*
 * Where do maps put a concept whose true place is known? Every pixel of the demo's pictures has a painted part, so a
 * concept that stands for a part can be scored: overlap of the map with the part at the best threshold, share of its
 * mass inside, and how much the map stays the same when the weights are random.
 */

const DEMO = path.join(import.meta.dirname, '../../models/demo');
const SIZE = 128;
/** Pictures of each class: all make the bank, the first have masks and are scored. */
const PICTURES = 20;
const SCORED = Number(process.env['SCORED'] ?? 5);
const CONCEPTS = 10;
/** `METHODS=a,b` scores these alone; the black-box ones take minutes. */
const METHODS = (process.env['METHODS'] ?? '').split(',').filter((name) => name !== '');
/** Every how many pixels, along both axes, concepts are matched with parts. */
const COARSE = 4;

/** A concept stands for a part when its coefficients, over all scored pictures, overlap it this much more than a flat map. */
const LEAST_MATCH = 0.25;
/** Parts that cover less of a picture are not looked for in it. */
const SMALLEST_PART = 0.004;

interface Picture {
  readonly x: Tensor<'float32'>;
  /** Part of every pixel, 0 for none. */
  readonly parts: Uint8Array;
}

interface Match {
  readonly concept: number;
  readonly part: number;
  readonly iou: number;
}

interface Subject {
  readonly layer: LayerRecord;
  readonly conceptBank: Matrix;
  readonly pictures: readonly Picture[];
  readonly matches: readonly Match[];
}

interface Score {
  readonly iou: number;
  readonly mass: number;
  readonly chance: number;
  /** With the map of the model with random weights, for one picture a class. */
  readonly pair: MapPair | undefined;
}

const bench: Bench = {
  name: 'localisation: maps of concepts against the painted parts of the demo',
  async run() {
    const scope = await openDemo();
    const rows: string[] = [];
    const scores = new Map<MapMethod, Score[]>(
      MAP_METHOD_NAMES.filter((name) => METHODS.length === 0 || METHODS.includes(name)).map((name) => [
        name,
        [],
      ]),
    );
    const seconds = new Map<MapMethod, number>();
    for (const className of scope.intake.labels.names) {
      const subject = await findConcepts(scope, className);
      const found = subject.matches.map(({ part, iou }) => `${partName(part)} ${iou.toFixed(2)}`);
      rows.push(`${className}: ${found.join(', ') || 'no concept stands for one part'}`);
      console.error(rows.at(-1));
      await scoreAll(scope, subject, scores, seconds);
    }
    return [...rows, '', ...tableOf(scores, seconds)];
  },
};
export default bench;

async function openDemo(): Promise<ModelScope> {
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, path.join(DEMO, 'model.onnx'));
  return { environment, intake, device: await environment.openDevice('cpu') };
}

const CARD = JSON.parse(readFileSync(path.join(DEMO, 'card.json'), 'utf8')) as {
  readonly parts: Readonly<Record<string, number>>;
};

function partName(value: number): string {
  return Object.entries(CARD.parts).find(([, own]) => own === value)?.[0] ?? String(value);
}

async function findConcepts(scope: ModelScope, className: string): Promise<Subject> {
  const { intake, environment } = scope;
  const layer = chooseLayer(intake, undefined);
  const names = Array.from({ length: PICTURES }, (_, i) => String(i).padStart(2, '0'));
  const files = names.map((name) => ({ path: path.join(DEMO, 'images', className, `${name}.jpg`) }));
  const input = requireAll(await readBatch(environment.codec, files, intake.preprocessing.preprocessing));
  const latent = runnerFor(scope, cutAt(intake, layer).latent);
  const rows = toRows(await latent.run(input), layer);
  await latent.dispose();
  const { conceptBank } = await buildBank(rows, CONCEPTS, { gemm: scope.device.gemm, seed: 0 });
  const size = input.data.length / PICTURES;
  const pictures = await Promise.all(
    names.slice(0, SCORED).map(async (name, i) => ({
      x: float32(input.data.slice(i * size, (i + 1) * size), [1, ...input.dims.slice(1)]),
      parts: await readParts(scope, path.join(DEMO, 'masks', className, `${name}.png`)),
    })),
  );
  const positions = rows.rows / PICTURES;
  const scored = matrix(SCORED * positions, rows.cols, rows.data.subarray(0, SCORED * positions * rows.cols));
  const { coefficients } = await nnls(scored, conceptBank);
  return { layer, conceptBank, pictures, matches: matchParts(coefficients, layer, pictures) };
}

async function readParts({ environment }: ModelScope, file: string): Promise<Uint8Array> {
  const { data } = await environment.codec.decode(file);
  return Uint8Array.from({ length: SIZE * SIZE }, (_, pixel) => data[pixel * 3]);
}

/** For every concept the part that its coefficients overlap best over all pictures, if they do well enough. */
function matchParts(coefficients: Matrix, layer: LayerRecord, pictures: readonly Picture[]): Match[] {
  const cells = layer.grid[0] * layer.grid[1];
  const side = SIZE / COARSE;
  const masks = Object.values(CARD.parts).map((part) => ({
    part,
    mask: pictures.flatMap(({ parts }) =>
      Array.from({ length: side * side }, (_, i) => {
        const [row, column] = [Math.floor(i / side) * COARSE, (i % side) * COARSE];
        return parts[row * SIZE + column] === part ? 1 : 0;
      }),
    ),
  }));
  const seen = masks.filter(({ mask }) => mask.some((inside) => inside === 1));
  return Array.from({ length: coefficients.cols }, (_, concept): Match => {
    const map = pictures.flatMap((_, picture) => {
      const at = (cell: number) => coefficients.data[(picture * cells + cell) * coefficients.cols + concept];
      return [
        ...upsampleMap(
          Float32Array.from({ length: cells }, (_, cell) => at(cell)),
          layer.grid,
          [side, side],
        ),
      ];
    });
    const overlaps = seen.map(({ part, mask }) => ({
      concept,
      part,
      iou: (bestOverlap(map, mask)?.iou ?? 0) - shareOf(mask),
    }));
    return overlaps.reduce((best, one) => (one.iou > best.iou ? one : best));
  }).filter(({ iou }) => iou >= LEAST_MATCH);
}

/** Overlap of a flat map. */
function shareOf(mask: readonly number[]): number {
  return mask.reduce((sum, inside) => sum + inside, 0) / mask.length;
}

async function scoreAll(
  scope: ModelScope,
  { layer, conceptBank, pictures, matches }: Subject,
  scores: ReadonlyMap<MapMethod, Score[]>,
  seconds: Map<MapMethod, number>,
): Promise<void> {
  if (matches.length === 0) return;
  const randomIntake = { ...scope.intake, model: randomiseWeights(scope.intake.model, 1) };
  const mapper = openConceptMapper(scope, layer, conceptBank);
  const random = openConceptMapper({ ...scope, intake: randomIntake }, layer, conceptBank);
  for (const { x, parts } of pictures) {
    const present = matches.filter(({ part }) => areaOf(parts, part) >= SMALLEST_PART);
    if (present.length === 0) continue;
    const concepts = present.map(({ concept }) => concept);
    const isChecked = x === pictures[0].x;
    for (const [method, own] of scores) {
      const begun = performance.now();
      const maps = await mapper.maps(method, x, concepts);
      const perMap = (performance.now() - begun) / 1000 / maps.length;
      seconds.set(method, (seconds.get(method) ?? 0) + perMap);
      const randomised = isChecked ? await random.maps(method, x, concepts) : [];
      maps.forEach((map, i) => own.push(scoreOf(map, randomised[i], parts, present[i].part)));
    }
  }
  await mapper.dispose();
  await random.dispose();
}

function areaOf(parts: Uint8Array, part: number): number {
  return parts.filter((own) => own === part).length / parts.length;
}

/** Chance is what a flat map reaches. */
function scoreOf(
  map: Float32Array,
  randomised: Float32Array | undefined,
  parts: Uint8Array,
  part: number,
): Score {
  const mask = Array.from(parts, (own) => (own === part ? 1 : 0));
  const chance = areaOf(parts, part);
  return {
    iou: bestOverlap(map, mask)!.iou,
    mass: massInside(map, mask) ?? chance,
    chance,
    pair: randomised && { map, randomised },
  };
}

function tableOf(
  scores: ReadonlyMap<MapMethod, readonly Score[]>,
  seconds: ReadonlyMap<MapMethod, number>,
): string[] {
  const header = ['method', 'maps', 'IoU', 'mass inside', 'chance', 'like random', 's a map'];
  const rows = [...scores].map(([method, own]) => {
    const mean = (pick: (score: Score) => number) =>
      (own.reduce((sum, score) => sum + pick(score), 0) / own.length).toFixed(2);
    const { similarity } = sanityCheck(own.flatMap(({ pair }) => pair ?? []));
    return [
      method,
      String(own.length),
      mean(({ iou }) => iou),
      mean(({ mass }) => mass),
      mean(({ chance }) => chance),
      similarity?.toFixed(2) ?? 'flat',
      ((seconds.get(method) ?? 0) / own.length).toFixed(3),
    ];
  });
  return [header, ...rows].map((row) => row.map((cell, i) => cell.padEnd(i === 0 ? 24 : 13)).join(''));
}
