import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import { folderOf, truthFinder } from '../images/folder-class.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import { matrix, type Matrix } from '../linalg/matrix.ts';
import { namedAnswer } from '../score/named-answer.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { CsvCell } from '../wording/csv.ts';
import { columnOf } from './further-concepts.ts';
import type { GivenPicture } from './given-pictures.ts';
import type { MeasuredImages } from './measured-images.ts';
import { directionsOf } from './merged-directions.ts';
import type { LoadedShown } from './shown-run.ts';

/** A finished run, as tables and arrays tell of it. */
export interface TabledRun {
  readonly shown: LoadedShown;
  /** Classes or sides that answers are indices of. */
  readonly names: readonly string[];
  /** The pictures that were asked about, and what was found in those that could be read. */
  readonly pictures: readonly GivenPicture[];
  readonly measured: MeasuredImages;
}

/**
 * A header and a row a picture: its path first, as other programs want it, and a column an amount and a contribution of each
 * concept, in the order of importance, own ones last. Two concepts of one name are told apart by their ids.
 */
export function imageRows(run: TabledRun): CsvCell[][] {
  const { pictures, measured, names, shown } = run;
  const { places, amounts, contributions, scores, rests } = measured;
  const columns = columnsOf(run);
  const truth = truthFinder(names);
  const cell = ({ cols, data }: Matrix, at: number, column: number): CsvCell => {
    const value = data[at * cols + column];
    return Number.isNaN(value) ? undefined : value;
  };
  const rows = [...places].map((place, at): CsvCell[] => {
    const { file, answer } = pictures[place];
    const said = namedAnswer(names, answer);
    const expected = truth(file);
    return [
      ...[file.path, folderOf(file)],
      expected === undefined ? undefined : (names[expected] ?? `class ${expected}`),
      ...[said.name, said.probability, said.value],
      expected === undefined ? undefined : yesOrNo(expected === answer.index),
      yesOrNo(place < shown.explanation.images.length),
      ...[scores[at], rests[at]],
      ...columns.map(({ column }) => cell(amounts, at, column)),
      ...columns.map(({ column }) => cell(contributions, at, column)),
    ];
  });
  const header = [
    ...['filepath', 'folder', 'class', 'predicted', 'probability', 'value', 'correct', 'explained'],
    ...['score', 'rest'],
    ...columns.map(({ name }) => `amount of ${name}`),
    ...columns.map(({ name }) => `contribution of ${name}`),
  ];
  return [header, ...rows];
}

/** A header and a row a concept, in the order of importance, and after them those that a person gave by examples. */
export function conceptRows(run: TabledRun): CsvCell[][] {
  const { explanation, notes, own: given, conceptBank, further } = run.shown;
  const { amounts, places } = run.measured;
  // As importance and prevalence: of the explained images.
  const own = [...places.keys()].filter((at) => places[at] < explanation.images.length);
  const meanAmount = (id: string): number | undefined => {
    const column = columnOf(id, conceptBank.rows, further);
    const known = own.map((at) => amounts.data[at * amounts.cols + column]).filter(Number.isFinite);
    return known.length === 0 ? undefined : known.reduce((sum, amount) => sum + amount, 0) / known.length;
  };
  const groupOf = (id: string) => notes.merged.find((group) => group.includes(id));
  const noted = (id: string): CsvCell[] => [
    ...[meanAmount(id), yesOrNo(notes.hidden.includes(id))],
    ...[groupOf(id)?.join(' '), notes.comments[id]],
  ];
  const rows = explanation.concepts.map(({ id, name, importance, tier, effect, prevalence }): CsvCell[] => [
    ...[id, name, importance.mean, importance.low, importance.high, tier + 1],
    ...[effect, prevalence, ...noted(id), 'found'],
  ]);
  const owns = given.map(({ concept: { id, name, importance, effect, prevalence } }): CsvCell[] => [
    ...[id, name, importance.mean, importance.low, importance.high, undefined],
    ...[effect, prevalence, ...noted(id), 'own example'],
  ]);
  const header = [
    ...['id', 'name', 'importance', 'importance_low', 'importance_high', 'tier'],
    ...['effect', 'prevalence', 'mean_amount', 'hidden', 'merged_with', 'comment', 'kind'],
  ];
  return [header, ...rows, ...owns];
}

/**
 * The same as arrays: concepts and pictures in the order of the tables. `concepts` holds the numbers of the ids (8 is "c8", -1
 * is "own-1"), `images` the places of the pictures among those that the run was given. The direction of merged concepts is
 * that of what they contribute together on average.
 */
export function runArrays(run: TabledRun): Map<string, Tensor> {
  const { explanation, own, found, merges, conceptBank } = run.shown;
  const { amounts, contributions, scores, rests, places } = run.measured;
  const columns = columnsOf(run).map(({ column }) => column);
  const concepts = [...explanation.concepts, ...own.map(({ concept }) => concept)];
  const ids = [
    ...explanation.concepts.map(({ id }) => rowOfId(id)),
    ...own.map(({ concept }) => -Number(concept.id.slice('own-'.length))),
  ];
  const importance = Float64Array.from(
    concepts.flatMap(({ importance: { mean, low, high } }) => [mean, low, high]),
  );
  const ofFound = directionsOf(explanation, { conceptBank, coefficients: found }, merges);
  const directions = matrix(concepts.length, ofFound.cols);
  directions.data.set(ofFound.data);
  own.forEach(({ tensors }, at) =>
    directions.data.set(tensors.direction, (ofFound.rows + at) * ofFound.cols),
  );
  return new Map<string, Tensor>([
    ['concepts', { type: 'int32', dims: [ids.length], data: Int32Array.from(ids) }],
    ['directions', matrixTensor(directions)],
    ['amounts', matrixTensor(takeColumns(amounts, columns))],
    ['contributions', matrixTensor(takeColumns(contributions, columns))],
    ['scores', float32(scores, [scores.length])],
    ['rests', float32(rests, [rests.length])],
    ['importance', { type: 'float64', dims: [ids.length, 3], data: importance }],
    ['images', { type: 'int32', dims: [places.length], data: places }],
  ]);
}

/** Some columns of a matrix, in the given order. */
function takeColumns({ rows, cols, data }: Matrix, columns: readonly number[]): Matrix {
  const out = matrix(rows, columns.length);
  for (let row = 0; row < rows; row++)
    columns.forEach((column, at) => (out.data[row * columns.length + at] = data[row * cols + column]));
  return out;
}

/** All concepts, own ones last, with names that differ, and where their figures are. */
function columnsOf({ shown }: TabledRun): { readonly column: number; readonly name: string }[] {
  const { explanation, own, conceptBank, further } = shown;
  const concepts = [...explanation.concepts, ...own.map(({ concept }) => concept)];
  const count = (wanted: string): number => concepts.filter(({ name }) => name === wanted).length;
  return concepts.map(({ id, name }) => ({
    column: columnOf(id, conceptBank.rows, further),
    name: count(name) > 1 ? `${name} (${id})` : name,
  }));
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
