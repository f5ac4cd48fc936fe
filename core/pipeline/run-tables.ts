import type { Explanation } from '../concepts/explanation.ts';
import { rowOfId } from '../concepts/recursion/concept-tree.ts';
import type { OwnConcept } from '../concepts/own/own-concept.ts';
import { folderOf, truthFinder } from '../images/folder-class.ts';
import type { CodedBank } from '../linalg/coded-bank.ts';
import { matrixTensor } from '../linalg/matrix-tensor.ts';
import { matrix, takeRows, type Matrix } from '../linalg/matrix.ts';
import type { NotesFile } from '../project/run-notes.ts';
import { namedAnswer } from '../score/named-answer.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { CsvCell } from '../wording/csv.ts';
import type { GivenPicture } from './given-pictures.ts';
import type { MeasuredImages } from './measured-images.ts';

/** A finished run, as tables and arrays tell of it. */
export interface TabledRun {
  /** With the names that a person gave. */
  readonly explanation: Explanation;
  readonly conceptBank: CodedBank;
  readonly notes: NotesFile;
  /** Concepts that a person gave by examples. */
  readonly own: readonly OwnConcept[];
  /** Classes or sides that answers are indices of. */
  readonly names: readonly string[];
  /** The pictures that were asked about, and what was found in those that could be read. */
  readonly pictures: readonly GivenPicture[];
  readonly measured: MeasuredImages;
}

/**
 * A header and a row a picture: its path first, as other programs want it, and a column an amount and a contribution of each
 * concept, in the order of importance. Two concepts of one name are told apart by their ids.
 */
export function imageRows(run: TabledRun): CsvCell[][] {
  const { pictures, measured, names, explanation } = run;
  const { places, amounts, contributions, scores, rests } = measured;
  const columns = columnsOf(run);
  const truth = truthFinder(names);
  const rows = [...places].map((place, at): CsvCell[] => {
    const { file, answer } = pictures[place];
    const said = namedAnswer(names, answer);
    const expected = truth(file);
    return [
      ...[file.path, folderOf(file)],
      expected === undefined ? undefined : (names[expected] ?? `class ${expected}`),
      ...[said.name, said.probability, said.value],
      expected === undefined ? undefined : yesOrNo(expected === answer.index),
      yesOrNo(place < explanation.images.length),
      ...[scores[at], rests[at]],
      ...columns.map(({ row }) => amounts.data[at * amounts.cols + row]),
      ...columns.map(({ row }) => contributions.data[at * contributions.cols + row]),
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
export function conceptRows({ explanation, notes, own: given, measured }: TabledRun): CsvCell[][] {
  const { amounts, places } = measured;
  // As importance and prevalence: of the explained images.
  const own = [...places.keys()].filter((at) => places[at] < explanation.images.length);
  const meanAmount = (row: number): number | undefined =>
    own.length === 0
      ? undefined
      : own.reduce((sum, at) => sum + amounts.data[at * amounts.cols + row], 0) / own.length;
  const groupOf = (id: string) => notes.merged.find((group) => group.includes(id));
  const rows = explanation.concepts.map(({ id, name, importance, tier, effect, prevalence }): CsvCell[] => [
    ...[id, name, importance.mean, importance.low, importance.high, tier + 1],
    ...[effect, prevalence, meanAmount(rowOfId(id)), yesOrNo(notes.hidden.includes(id))],
    ...[groupOf(id)?.join(' '), notes.comments[id], 'found'],
  ]);
  const owns = given.map(({ id, name, importance: { mean, low, high }, effect, prevalence }): CsvCell[] => [
    ...[id, name, mean, low, high, undefined, effect, prevalence],
    ...[undefined, 'no', undefined, undefined, 'own example'],
  ]);
  const header = [
    ...['id', 'name', 'importance', 'importance_low', 'importance_high', 'tier'],
    ...['effect', 'prevalence', 'mean_amount', 'hidden', 'merged_with', 'comment', 'kind'],
  ];
  return [header, ...rows, ...owns];
}

/**
 * The same as arrays: concepts and pictures in the order of the tables. `concepts` holds the numbers of the ids (8 is "c8"),
 * `images` the places of the pictures among those that the run was given.
 */
export function runArrays({ conceptBank, explanation, measured }: TabledRun): Map<string, Tensor> {
  const { amounts, contributions, scores, rests, places } = measured;
  const rows = explanation.concepts.map(({ id }) => rowOfId(id));
  const importance = Float64Array.from(
    explanation.concepts.flatMap(({ importance: { mean, low, high } }) => [mean, low, high]),
  );
  return new Map<string, Tensor>([
    ['concepts', { type: 'int32', dims: [rows.length], data: Int32Array.from(rows) }],
    ['directions', matrixTensor(takeRows(conceptBank, rows))],
    ['amounts', matrixTensor(takeColumns(amounts, rows))],
    ['contributions', matrixTensor(takeColumns(contributions, rows))],
    ['scores', float32(scores, [scores.length])],
    ['rests', float32(rests, [rests.length])],
    ['importance', { type: 'float64', dims: [rows.length, 3], data: importance }],
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

/** Concepts with names that differ. */
function columnsOf({ explanation }: TabledRun): { readonly row: number; readonly name: string }[] {
  const { concepts } = explanation;
  const count = (wanted: string): number => concepts.filter(({ name }) => name === wanted).length;
  return concepts.map(({ id, name }) => ({
    row: rowOfId(id),
    name: count(name) > 1 ? `${name} (${id})` : name,
  }));
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
