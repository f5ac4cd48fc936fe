import type { Box, ConceptSplit, LayerRecord } from '../../concepts/explanation.ts';
import { positionBoxes, strongestPlaces } from '../../concepts/gallery.ts';
import { classImportance } from '../../concepts/importance.ts';
import { positionsOf } from '../../concepts/latent-rows.ts';
import { partId } from '../../concepts/recursion/concept-tree.ts';
import { rebuildsWell } from '../../concepts/recursion/split-verdict.ts';
import { frameOf } from '../../images/preprocessing.ts';
import { matrix, type Matrix } from '../../linalg/matrix.ts';
import { fingerprintOf } from '../../project/canonical-json.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { CROPS_KEPT, prevalences, ranked } from '../assemble-explanation.ts';
import { runnerBetween } from '../concept-sources.ts';
import { chooseEarlierCut } from '../earlier-cut.ts';
import { predictionsFingerprint } from '../fingerprints.ts';
import { defaultPatch, runnerFor, splitAt } from '../model-parts.ts';
import { activationsOf, chooseSplitImages, footprintsOf } from '../split-images.ts';
import { splitTensorName, type SplitContext, type SplitParent } from '../split-parent.ts';
import { partImportances } from './part-importance.ts';
import { partMaps } from './part-maps.ts';
import { partsOf, type FoundParts, type PartsQuestion } from './parts.ts';

/** Raised whenever a split computes something else from the same inputs. */
const SPLITTING = 1;

export interface SplitRequest {
  /** Cut tensor; absent: the proposed earlier cut. */
  readonly layer?: string;
  readonly parts: number;
  /** A split that was not asked for is given up as soon as it proves poor. */
  readonly isChosen: boolean;
}

/** A split and its arrays, named as in the run's tensors file. */
export interface SplitOutcome {
  readonly split: ConceptSplit;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * Takes a concept, or a part of one, apart at an earlier cut (CRAFT, section 3.2): factorises the activations of its
 * places, ranks the parts by their total index on the parent's mean coefficient, and draws them. Every step is
 * stored under the fingerprint of what it depends on.
 *
 * Returns undefined for a split that was not asked for and does not rebuild its parent well.
 * Throws TesseraError 'bad-usage' (no earlier cut, a cut that is not earlier, a concept in too few images, more parts
 * than places or channels), 'unknown-name' (the layer), 'bad-image'.
 */
export async function splitConcept(
  context: SplitContext,
  parent: SplitParent,
  { layer, parts, isChosen }: SplitRequest,
): Promise<SplitOutcome | undefined> {
  const { explanation, options, intake } = context;
  const earlier = chooseEarlierCut(intake, parent.layer, layer);
  const images = chooseSplitImages(parent);
  const files = images.chosen.map((i) => ({ path: explanation.images[parent.images[i]].file }));
  const key = await fingerprintOfSplit(context, parent, earlier, files, parts);
  const latent = runnerFor(context, splitAt(intake, earlier).latent);
  const between = runnerBetween(context, earlier, parent.layer);
  const footprints = footprintsOf(parent, images, earlier);
  const { chosen, threshold } = images;
  try {
    const read = (own: readonly number[]) =>
      activationsOf(
        context,
        latent,
        earlier,
        own.map((i) => files[i]),
      );
    const { seed } = options;
    const question = { parent, earlier, parts, seed, chosen, threshold, footprints, between };
    const found = await storedParts(context, key, question, () => read([...files.keys()]));
    if (!isChosen && !rebuildsWell(found)) return undefined;
    const importances = await partImportances(context, key, question, found, read);
    return await assembled(context, { ...question, isChosen, key }, found, importances);
  } finally {
    await latent.dispose();
    await between.dispose();
  }
}

/** Everything that determines a split: the parent by its bank and coefficients, whatever run they come from. */
async function fingerprintOfSplit(
  { environment, intake, device, options }: SplitContext,
  { conceptBank, coefficients, column, layer, inside }: SplitParent,
  earlier: LayerRecord,
  files: readonly { readonly path: string }[],
  parts: number,
): Promise<string> {
  const { storage } = environment;
  return fingerprintOf(storage, [
    SPLITTING,
    await predictionsFingerprint(storage, intake, device.used, files),
    layer.tensor,
    earlier.tensor,
    column,
    parts,
    [options.seed, options.design],
    [conceptBank.data, ...coefficients.map(({ data }) => data), ...(inside ?? [])].map((array) =>
      storage.sha256(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)),
    ),
  ]);
}

type Question = Omit<PartsQuestion, 'activations'>;

async function storedParts(
  context: SplitContext,
  key: string,
  question: Question,
  read: () => Promise<Matrix[]>,
): Promise<FoundParts> {
  const { parent, chosen, earlier } = question;
  const { tensors, value } = await context.store.stage(`split-${parent.id}`, key, async () => {
    const activations = await read();
    const { partBank, coefficients, ...facts } = await partsOf(context, { ...question, activations });
    return {
      tensors: new Map([
        ['conceptBank', float32(partBank.data, [partBank.rows, partBank.cols])],
        ['coefficients', stackOf(coefficients)],
      ]),
      value: {
        ...facts,
        factorization: { ...facts.factorization },
        reconstruction: { ...facts.reconstruction },
        reproduction: { ...facts.reproduction },
      },
    };
  });
  const bank = tensors.get('conceptBank') as Tensor<'float32'>;
  const { data } = tensors.get('coefficients') as Tensor<'float32'>;
  const k = bank.dims[0];
  const size = positionsOf(earlier) * k;
  return {
    ...value,
    partBank: matrix(k, bank.dims[1], bank.data),
    coefficients: chosen.map((_, i) => matrix(size / k, k, data.subarray(i * size, (i + 1) * size))),
  };
}

async function assembled(
  context: SplitContext,
  { parent, earlier, chosen, footprints, isChosen, key }: Question & { isChosen: boolean; key: string },
  found: FoundParts,
  importances: Awaited<ReturnType<typeof partImportances>>,
): Promise<SplitOutcome> {
  const { options } = context;
  const importance = classImportance(importances.images, options.seed);
  const images = chosen.map((i) => parent.images[i]);
  const { partBank, coefficients, ...facts } = found;
  const boxes = partBoxes(context, earlier);
  const places = images.flatMap((image) => boxes.map((box) => ({ image, box })));
  const all = joined(coefficients, positionsOf(earlier) - boxes.length);
  const galleries = strongestPlaces(all, places, CROPS_KEPT);
  const parts = ranked(importance, galleries, prevalences(coefficients)).map((part, rank) => ({
    ...part,
    id: partId(parent.id, importance.order[rank]),
    name: `${parent.name}.${rank + 1}`,
  }));
  const maps = await partMaps(context, { key, earlier, partBank, parts, images, footprints });
  const name = (what: Parameters<typeof splitTensorName>[1]): string => splitTensorName(parent.id, what);
  return {
    split: {
      parent: parent.id,
      layer: earlier,
      isChosen,
      images,
      ...facts,
      importance: {
        ...importances.design,
        evaluations: importance.evaluations,
        method: importance.method,
      },
      parts,
      maps: maps.record,
    },
    tensors: new Map<string, Tensor>([
      [name('conceptBank'), float32(partBank.data, [partBank.rows, partBank.cols])],
      [name('coefficients'), stackOf(coefficients)],
      [
        name('footprint'),
        {
          type: 'uint8',
          dims: [images.length, positionsOf(earlier)],
          data: Uint8Array.from(footprints.flatMap((inside) => [...inside])),
        },
      ],
      [name('imageImportance'), importances.tensor],
      [name('maps'), maps.tensor],
      [name('maps.places'), maps.places],
    ]),
  };
}

/**
 * The part of the picture that each grid position of a split's layer is shown by: a part is smaller than its concept,
 * but a few cells of its layer must be seen.
 */
function partBoxes({ intake, options }: SplitContext, layer: LayerRecord): Box[] {
  const frame = frameOf(intake.preprocessing.preprocessing);
  const short = Math.min(frame.width, frame.height);
  const whole = Math.min(options.patch ?? defaultPatch(intake), short);
  const cells = (3 * short) / Math.max(1, Math.min(...layer.grid));
  const patch = Math.max(whole / 2, Math.min(whole, cells));
  return positionBoxes(layer, frame, Math.max(1, Math.round(patch)));
}

/** Coefficients of all images one after another, positions before the grid left out. */
function joined(coefficients: readonly Matrix[], before: number): Matrix {
  const { rows, cols } = coefficients[0];
  const size = (rows - before) * cols;
  const data = new Float32Array(coefficients.length * size);
  coefficients.forEach((image, i) => data.set(image.data.subarray(before * cols), i * size));
  return matrix(coefficients.length * (rows - before), cols, data);
}

function stackOf(matrices: readonly Matrix[]): Tensor<'float32'> {
  const { rows, cols } = matrices[0];
  const data = new Float32Array(matrices.length * rows * cols);
  matrices.forEach((one, i) => data.set(one.data, i * rows * cols));
  return float32(data, [matrices.length, rows, cols]);
}
