import { strongest } from '../concepts/strongest.ts';
import { TesseraError } from '../errors.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrixTensor, stackTensor, tensorMatrices, tensorMatrix } from '../linalg/matrix-tensor.ts';
import { float32, sizeOf, type ElementArrays, type ElementType, type Tensor } from '../tensor.ts';
import { COEFFICIENTS_FILE, openCoefficients, saveCoefficients } from './coefficients-file.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';
import type { DrawnMaps, ImageArrays, PartTensors, RunTensors } from './run-tensors.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/*
 * runs/ID/tensors.safetensors: the arrays of a finished run that do not grow with its images; coefficients.safetensors has
 * the others.
 *
 *   conceptBank                 float32 [r, p]             one direction a concept
 *   active                      int32 [1]                  concepts that a row may have; absent: any number
 *   maps.METHOD                 float32 [m, height, width] concepts drawn in images
 *   maps.METHOD.places          int32 [m, 2]               row of the bank and image of each map
 *   split.PARENT.conceptBank    float32 [k, p']            and maps as above, for the parts of a concept,
 *   split.PARENT.coefficients   float32 [n, positions, k]  by image in which they were looked for
 *   split.PARENT.imageImportance  float64 [n, k]
 *   split.PARENT.footprint      uint8 [images, positions]  1 where the parent is
 *
 * Up to schema 2 it had the coefficients and imageImportance of all images, too; such files are read as they are.
 */

const FILE = 'tensors.safetensors';
const MAPS = 'maps';
/** Begins the names of the parts' arrays: the word of schema 1, which files keep. */
const PARTS = 'split';
const BANK = 'conceptBank';
const ACTIVE = 'active';

/** Writes a run's arrays. */
export async function saveRunTensors(project: Project, id: string, tensors: RunTensors): Promise<void> {
  await saveCoefficients(project, id, tensors);
  await saveBankAndParts(project, id, tensors);
}

/** Writes a finished run's arrays where only its parts are others: those by image are on the disk, or are put there. */
export async function saveParts(project: Project, id: string, tensors: RunTensors): Promise<void> {
  if (!(await project.storage.exists(runPath(project, id, COEFFICIENTS_FILE))))
    await saveCoefficients(project, id, tensors);
  await saveBankAndParts(project, id, tensors);
}

async function saveBankAndParts(
  project: Project,
  id: string,
  tensors: Pick<RunTensors, 'conceptBank' | 'maps' | 'parts'>,
): Promise<void> {
  requireRun(project, id);
  const named = new Map([
    ...directionTensors('', tensors.conceptBank),
    ...[...tensors.maps].flatMap(([method, maps]) => mapTensors(`${MAPS}.${method}`, maps)),
    ...[...tensors.parts].flatMap(([parent, parts]) => partTensors(`${PARTS}.${parent}.`, parts)),
  ]);
  const path = runPath(project, id, FILE);
  await project.storage.writeAtomic(path, encodeSafetensors(named, { run: id }));
}

/**
 * Reads a run's arrays, those that grow with its images as they are asked for. Throws TesseraError 'bad-project' when the file is damaged or lacks an array, 'storage' when
 * there is none.
 */
export async function loadRunTensors(project: Project, id: string): Promise<RunTensors> {
  requireRun(project, id);
  const path = runPath(project, id, FILE);
  const bytes = await project.storage.readBytes(path);
  try {
    const file = new ReadTensors(decodeSafetensors(bytes).tensors);
    const byImage = file.imageArrays() ?? (await openCoefficients(project, id));
    return { conceptBank: file.bank(''), ...byImage, maps: file.mapsByMethod(), parts: file.partsByParent() };
  } catch (cause) {
    if (!(cause instanceof TesseraError)) throw cause;
    throw new TesseraError('bad-project', `project: ${path} is damaged: ${cause.message}`, {
      hint: 'Run the explanation again; its cached stages are reused.',
      cause,
    });
  }
}

type NamedTensor = readonly [name: string, tensor: Tensor];

function directionTensors(prefix: string, conceptBank: CodedBank): NamedTensor[] {
  const { active } = conceptBank;
  const most: Tensor = { type: 'int32', dims: [1], data: Int32Array.of(active ?? 0) };
  return [
    [`${prefix}${BANK}`, matrixTensor(conceptBank)],
    ...(active === undefined ? [] : [[`${prefix}${ACTIVE}`, most] as const]),
  ];
}

function partTensors(prefix: string, parts: PartTensors): NamedTensor[] {
  const { conceptBank, coefficients, imageImportance, footprint, maps } = parts;
  const inside = Uint8Array.from(footprint.flatMap((one) => [...one]));
  const indices = Float64Array.from(imageImportance.flatMap((one) => [...one]));
  const dims = [imageImportance.length, conceptBank.rows];
  return [
    ...directionTensors(prefix, conceptBank),
    [`${prefix}coefficients`, stackTensor(coefficients)],
    [`${prefix}imageImportance`, { type: 'float64', dims, data: indices }],
    [
      `${prefix}footprint`,
      { type: 'uint8', dims: [footprint.length, inside.length / footprint.length], data: inside },
    ],
    ...(maps ? mapTensors(`${prefix}${MAPS}`, maps) : []),
  ];
}

function mapTensors(name: string, { size, places, maps }: DrawnMaps): NamedTensor[] {
  const pixels = sizeOf(size);
  const data = new Float32Array(maps.length * pixels);
  maps.forEach((map, i) => data.set(map, i * pixels));
  const flat = Int32Array.from(places.flatMap(({ concept, image }) => [concept, image]));
  return [
    [name, float32(data, [maps.length, ...size])],
    [`${name}.places`, { type: 'int32', dims: [places.length, 2], data: flat }],
  ];
}

/** The content of a tensors file, read by name. */
class ReadTensors {
  readonly #tensors: ReadonlyMap<string, Tensor>;

  constructor(tensors: ReadonlyMap<string, Tensor>) {
    this.#tensors = tensors;
  }

  /** Undefined where they are in a file of their own. */
  imageArrays(): ImageArrays | undefined {
    if (!this.#tensors.has('coefficients')) return undefined;
    const { coefficients, imageImportance } = this.#imageArrays('');
    return { coefficients, imageImportance, strengths: coefficients.map(strongest) };
  }

  #imageArrays(prefix: string) {
    return {
      coefficients: tensorMatrices(this.#array(`${prefix}coefficients`, 'float32', 3)),
      imageImportance: rowsOf(this.#array(`${prefix}imageImportance`, 'float64', 2)),
    };
  }

  bank(prefix: string): CodedBank {
    const directions = tensorMatrix(this.#array(`${prefix}${BANK}`, 'float32', 2));
    if (!this.#tensors.has(`${prefix}${ACTIVE}`)) return directions;
    const [active] = this.#array(`${prefix}${ACTIVE}`, 'int32', 1).data;
    return { ...directions, active };
  }

  mapsByMethod(): Map<string, DrawnMaps> {
    const methods = this.#between(`${MAPS}.`, '.places');
    return new Map(methods.map((method) => [method, this.#maps(`${MAPS}.${method}`)]));
  }

  partsByParent(): Map<string, PartTensors> {
    const parents = this.#between(`${PARTS}.`, `.${BANK}`);
    return new Map(parents.map((parent) => [parent, this.#parts(`${PARTS}.${parent}.`)]));
  }

  #parts(prefix: string): PartTensors {
    return {
      conceptBank: this.bank(prefix),
      ...this.#imageArrays(prefix),
      footprint: rowsOf(this.#array(`${prefix}footprint`, 'uint8', 2)),
      ...(this.#tensors.has(`${prefix}${MAPS}.places`) && { maps: this.#maps(`${prefix}${MAPS}`) }),
    };
  }

  #maps(name: string): DrawnMaps {
    const { data, dims } = this.#array(name, 'float32', 3);
    const [count, height, width] = dims;
    const places = this.#array(`${name}.places`, 'int32', 2).data;
    const pixels = height * width;
    const indices = Array.from({ length: count }, (_, i) => i);
    return {
      size: [height, width],
      places: indices.map((i) => ({ concept: places[2 * i], image: places[2 * i + 1] })),
      maps: indices.map((i) => data.subarray(i * pixels, (i + 1) * pixels)),
    };
  }

  /** What stands between a prefix and a suffix in the names that have both. */
  #between(prefix: string, suffix: string): string[] {
    return [...this.#tensors.keys()]
      .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
      .map((name) => name.slice(prefix.length, -suffix.length));
  }

  #array<T extends ElementType>(name: string, type: T, rank: number): Tensor<T> {
    const tensor = this.#tensors.get(name);
    if (tensor?.type === type && tensor.dims.length === rank) return tensor as Tensor<T>;
    const found = tensor === undefined ? 'is absent' : `is ${tensor.type} [${tensor.dims.join(', ')}]`;
    throw new TesseraError('bad-tensor', `"${name}" ${found}, expected ${type} of ${rank} axes.`);
  }
}

/** The rows of a tensor [n, m], sharing its memory. */
function rowsOf<T extends 'float64' | 'uint8'>({ dims, data }: Tensor<T>): ElementArrays[T][] {
  const [count, size] = dims;
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size) as ElementArrays[T]);
}
