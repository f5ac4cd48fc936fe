import type { ConceptRemoval, Explanation, ImageRecord } from '../concepts/explanation.ts';
import { invariant, TesseraError } from '../errors.ts';
import { lazyList } from '../lazy-list.ts';
import type { Storage } from '../platform.ts';
import { columnOf, openColumns, writeColumns, type Column, type ColumnFile } from './column-file.ts';
import type { CountedExplanation } from './counted-explanation.ts';
import { parseTexts, readTexts, textColumns } from './text-columns.ts';

/*
 * runs/ID/explained.safetensors: what run.json has only counts of, an image or a flip a row.
 *
 *   files.texts, files.ends     paths, see text-columns.ts
 *   names                       names of the classes or sides that occur below, as JSON
 *   logit, reconstructedLogit   float64 [n]
 *   agrees                      uint8 [n]
 *   predicted                   int32 [n, 2]   index, place in the names
 *   probability, value          float64 [n]    NaN: the model tells none
 *   flips                       int32 [f, 3]   image, index and name of what it is then called; by concept, in the order of
 *                                              the removals
 */

/** Writes the images and flips of a run, all at once; run.json, which is written after it, then has their numbers. */
export async function saveExplained(
  storage: Pick<Storage, 'writeAtomic'>,
  path: string,
  { images, removals = [] }: Pick<Explanation, 'images' | 'removals'>,
): Promise<void> {
  const names = new Map<string, number>();
  const placeOf = (name: string): number => {
    const place = names.get(name) ?? names.size;
    names.set(name, place);
    return place;
  };
  const columns: [string, Column][] = [...imageColumns(images, placeOf), flipColumn(removals, placeOf)];
  columns.push(
    ...textColumns(
      'files',
      lazyList(images.length, (at) => images[at].file),
    ),
    ['names', columnOf('uint8', new TextEncoder().encode(JSON.stringify([...names.keys()])))],
  );
  await writeColumns(storage, path, new Map(columns));
}

function imageColumns(images: readonly ImageRecord[], placeOf: (name: string) => number): [string, Column][] {
  const count = images.length;
  const numbers = {
    logit: new Float64Array(count),
    reconstructedLogit: new Float64Array(count),
    probability: new Float64Array(count),
    value: new Float64Array(count),
  };
  const agrees = new Uint8Array(count);
  const predicted = new Int32Array(2 * count);
  let at = 0;
  for (const { logit, reconstructedLogit, predicted: answer, agrees: isSame } of images) {
    invariant(
      Number.isFinite(logit + reconstructedLogit),
      `image ${at} has scores ${logit}, ${reconstructedLogit}`,
    );
    numbers.logit[at] = logit;
    numbers.reconstructedLogit[at] = reconstructedLogit;
    numbers.probability[at] = answer.probability ?? NaN;
    numbers.value[at] = answer.value ?? NaN;
    agrees[at] = Number(isSame);
    predicted.set([answer.index, placeOf(answer.name)], 2 * at++);
  }
  return [
    ...Object.entries(numbers).map(([name, data]): [string, Column] => [name, columnOf('float64', data)]),
    ['agrees', columnOf('uint8', agrees)],
    ['predicted', columnOf('int32', predicted, [count, 2])],
  ];
}

function flipColumn(
  removals: readonly ConceptRemoval[],
  placeOf: (name: string) => number,
): [string, Column] {
  const count = removals.reduce((sum, { flips }) => sum + flips.length, 0);
  const rows = new Int32Array(3 * count);
  let at = 0;
  for (const { flips } of removals)
    for (const { image, to } of flips) rows.set([image, to.index, placeOf(to.name)], 3 * at++);
  return ['flips', columnOf('int32', rows, [count, 3])];
}

/** What run.json says of an explanation whose images and flips are in a file of their own. */
export function counted({ images, removals, ...others }: Explanation): CountedExplanation {
  return {
    ...others,
    images: images.length,
    ...(removals && {
      removals: removals.map(({ concept, flips }) => ({ concept, flips: flips.length })),
    }),
  };
}

/**
 * An explanation with its images and flips, each read from the disk when it is asked for. Throws TesseraError 'bad-project'
 * where the file is missing or damaged, or is not of so many.
 */
export async function withExplained(
  storage: Pick<Storage, 'openBytes'>,
  path: string,
  { images: count, removals, ...others }: CountedExplanation,
): Promise<Explanation> {
  const images = await imagesIn(storage, path, count);
  const starts: number[] = [];
  let total = 0;
  for (const { flips } of removals ?? []) {
    starts.push(total);
    total += flips;
  }
  requireCount(path, 'flips', images.flips.length, total);
  return {
    ...others,
    images: images.records,
    ...(removals && {
      removals: removals.map(({ concept, flips }, at) => ({
        concept,
        flips: lazyList(flips, (flip) => images.flipAt(starts[at] + flip)),
      })),
    }),
  };
}

async function imagesIn(storage: Pick<Storage, 'openBytes'>, path: string, count: number) {
  try {
    const file = await openColumns(storage, path);
    requireCount(path, 'images', file.dimsOf('logit', 'float64')[0], count);
    const names = parseTexts('names', file.values('names', 'uint8'));
    const flips = file.rows('flips', 'int32');
    return {
      records: recordsIn(file, count, names),
      flips,
      flipAt: (at: number): ConceptRemoval['flips'][number] => {
        const [image, index, name] = flips[at];
        return { image, to: { index, name: names[name] } };
      },
    };
  } catch (cause) {
    if (!(cause instanceof TesseraError) || cause.code === 'bad-project') throw cause;
    throw damaged(path, cause.message, cause);
  }
}

/** Numbers are read with the first record, which takes 41 bytes an image; a file's name, when it is asked for. */
function recordsIn(file: ColumnFile, count: number, names: readonly string[]): readonly ImageRecord[] {
  const files = readTexts(file, 'files', count);
  let numbers: ReturnType<typeof numbersIn> | undefined;
  return lazyList(count, (at): ImageRecord => {
    numbers ??= numbersIn(file);
    const { logit, reconstructedLogit, probability, value, agrees, predicted } = numbers;
    const [index, name] = predicted.subarray(2 * at, 2 * at + 2);
    return {
      get file() {
        return files[at];
      },
      predicted: {
        ...{ index, name: names[name] },
        ...(!Number.isNaN(probability[at]) && { probability: probability[at] }),
        ...(!Number.isNaN(value[at]) && { value: value[at] }),
      },
      logit: logit[at],
      reconstructedLogit: reconstructedLogit[at],
      agrees: agrees[at] === 1,
    };
  });
}

function numbersIn(file: ColumnFile) {
  return {
    logit: file.values('logit', 'float64'),
    reconstructedLogit: file.values('reconstructedLogit', 'float64'),
    probability: file.values('probability', 'float64'),
    value: file.values('value', 'float64'),
    agrees: file.values('agrees', 'uint8'),
    predicted: file.values('predicted', 'int32'),
  };
}

function requireCount(path: string, what: string, found: number, wanted: number): void {
  if (found !== wanted) throw damaged(path, `it has ${found} ${what}, and run.json ${wanted}`);
}

function damaged(path: string, what: string, cause?: unknown): TesseraError {
  return new TesseraError('bad-project', `project: ${path} is damaged: ${what}.`, {
    hint: 'Run the explanation again; its cached stages are reused.',
    cause,
  });
}
