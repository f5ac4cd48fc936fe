import { TesseraError } from '../errors.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrixTensor, stackTensor, tensorMatrices, tensorMatrix } from '../linalg/matrix-tensor.ts';
import { float32, sizeOf, type ElementArrays, type ElementType, type Tensor } from '../tensor.ts';
import { requireRun, runPath, type Project } from './project-folder.ts';
import type { DrawnMaps, PartTensors, RunTensors } from './run-tensors.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/*
 * runs/ID/tensors.safetensors: the arrays of a finished run.
 *
 *   conceptBank                 float32 [r, p]             one direction a concept
 *   active                      int32 [1]                  concepts that a row may have; absent: any number
 *   coefficients                float32 [n, positions, r]  by image
 *   imageImportance             float64 [n, r]             total index of every concept in each image
 *   maps.METHOD                 float32 [m, height, width] concepts drawn in images
 *   maps.METHOD.places          int32 [m, 2]               row of the bank and image of each map
 *   split.PARENT.conceptBank    float32 [k, p']            and so on as above, for the parts of a concept,
 *   split.PARENT.footprint      uint8 [images, positions]  1 where the parent is
 */

const FILE = 'tensors.safetensors';
const MAPS = 'maps';
/** Begins the names of the parts' arrays: the word of schema 1, which files keep. */
const PARTS = 'split';
const BANK = 'conceptBank';
const ACTIVE = 'active';

/** Writes a run's arrays, all at once. */
export async function saveRunTensors(project: Project, id: string, tensors: RunTensors): Promise<void> {
  requireRun(project, id);
  const named = new Map([
    ...bankTensors('', tensors),
    ...[...tensors.maps].flatMap(([method, maps]) => mapTensors(`${MAPS}.${method}`, maps)),
    ...[...tensors.parts].flatMap(([parent, parts]) => partTensors(`${PARTS}.${parent}.`, parts)),
  ]);
  const path = runPath(project, id, FILE);
  await project.storage.writeAtomic(path, encodeSafetensors(named, { run: id }));
}

/**
 * Reads a run's arrays. Throws TesseraError 'bad-project' when the file is damaged or lacks an array, 'storage' when
 * there is none.
 */
export async function loadRunTensors(project: Project, id: string): Promise<RunTensors> {
  requireRun(project, id);
  const path = runPath(project, id, FILE);
  const bytes = await project.storage.readBytes(path);
  try {
    const file = new ReadTensors(decodeSafetensors(bytes).tensors);
    return { ...file.bank(''), maps: file.mapsByMethod(), parts: file.partsByParent() };
  } catch (cause) {
    if (!(cause instanceof TesseraError)) throw cause;
    throw new TesseraError('bad-project', `project: ${path} is damaged: ${cause.message}`, {
      hint: 'Run the explanation again; its cached stages are reused.',
      cause,
    });
  }
}

/** What a bank has, whether of a run or of the parts of a concept. */
type BankTensors = Pick<RunTensors, 'conceptBank' | 'coefficients' | 'imageImportance'>;

type NamedTensor = readonly [name: string, tensor: Tensor];

function bankTensors(
  prefix: string,
  { conceptBank, coefficients, imageImportance }: BankTensors,
): NamedTensor[] {
  const indices = Float64Array.from(imageImportance.flatMap((one) => [...one]));
  const dims = [imageImportance.length, conceptBank.rows];
  return [
    [`${prefix}${BANK}`, matrixTensor(conceptBank)],
    ...activeTensors(`${prefix}${ACTIVE}`, conceptBank),
    [`${prefix}coefficients`, stackTensor(coefficients)],
    [`${prefix}imageImportance`, { type: 'float64', dims, data: indices }],
  ];
}

function activeTensors(name: string, { active }: CodedBank): NamedTensor[] {
  return active === undefined ? [] : [[name, { type: 'int32', dims: [1], data: Int32Array.of(active) }]];
}

function partTensors(prefix: string, parts: PartTensors): NamedTensor[] {
  const { footprint, maps } = parts;
  const inside = Uint8Array.from(footprint.flatMap((one) => [...one]));
  return [
    ...bankTensors(prefix, parts),
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

  bank(prefix: string): BankTensors {
    return {
      conceptBank: this.#bank(prefix),
      coefficients: tensorMatrices(this.#array(`${prefix}coefficients`, 'float32', 3)),
      imageImportance: rowsOf(this.#array(`${prefix}imageImportance`, 'float64', 2)),
    };
  }

  #bank(prefix: string): CodedBank {
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
      ...this.bank(prefix),
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
