import { answerNames } from '../score/score-record.ts';
import { truthFinder } from '../images/folder-class.ts';
import type { Project } from '../project/project-folder.ts';
import { associationsOf, type Association } from '../tables/associations.ts';
import { columnLevels } from '../tables/column-levels.ts';
import type { Column, ColumnKind } from '../tables/column-kinds.ts';
import type { KnownPicture } from '../tables/match-pictures.ts';
import type { PictureTable } from '../tables/read-table.ts';
import { sliceConcepts, type SliceConcept } from '../tables/slice-concepts.ts';
import { slicesOf, type Slice } from '../tables/slices.ts';
import { loadComparedRun, type LoadedRun } from './compared-run.ts';
import { givenPictures, type GivenPicture } from './given-pictures.ts';

/** Concepts told of beside a slice. */
const MOST_CONCEPTS = 3;

/** A column as a person sees it: what it holds, and its levels to filter by. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Images without a value. */
  readonly missing: number;
  readonly notice?: string;
  /** Absent where it cannot be filtered by. */
  readonly levels?: readonly string[];
  /** The place of the level of each image that the run was given, explained ones first; -1 where it is not known. */
  readonly of?: readonly number[];
}

/** An association by the names of what goes along. */
export type NamedAssociation = Omit<Association, 'concept' | 'column'> & {
  /** Id of the concept. */
  readonly concept: string;
  readonly column: string;
};

/** A slice with the concepts that are more active in it. */
export type NamedSlice = Omit<Slice, 'column'> & {
  readonly column: string;
  /** Null where too few images of it, or of the others, were explained. */
  readonly concepts: readonly (Omit<SliceConcept, 'concept'> & { readonly concept: string })[] | null;
};

/** What a table has to do with a run. */
export interface RunColumns {
  readonly table: Omit<PictureTable, 'columns'>;
  readonly columns: readonly ColumnFacts[];
  readonly concepts: readonly { readonly id: string; readonly name: string }[];
  /** Explained images, each once. */
  readonly explained: number;
  /** Images whose folder says what they are, and those of them that the model calls something else. */
  readonly judged: number;
  readonly wrong: number;
  /** Of every concept with every column, the clearest first. */
  readonly associations: readonly NamedAssociation[];
  /** The worst first. */
  readonly slices: readonly NamedSlice[];
}

/** A finished run, and every picture that it was given. */
export interface RunForColumns {
  readonly loaded: LoadedRun;
  readonly given: readonly GivenPicture[];
}

/** Reads a finished run for {@link runColumns}. Throws as {@link loadComparedRun}. */
export async function loadForColumns(project: Project, runId: string): Promise<RunForColumns> {
  const loaded = await loadComparedRun(project, runId);
  return { loaded, given: (await givenPictures(project, loaded.run)).pictures };
}

/** The pictures of a run, for a table to name. */
export function picturesOf({ loaded, given }: RunForColumns): KnownPicture[] {
  const roots = loaded.project.file.imageRoots;
  return given.map(({ file: { path } }) => ({ path, root: roots.find((root) => path.startsWith(root)) }));
}

/**
 * What a table's columns have to do with the concepts of a run, over the explained images without copies of others, by
 * the strongest amount of each concept in an image; and how often the model is wrong in their levels, over all images
 * that the run was given and whose folder names a class.
 */
export function runColumns({ loaded, given }: RunForColumns, table: PictureTable): RunColumns {
  const { compared, places, explanation, run } = loaded;
  const { seed } = run.options;
  const levels = table.columns.map(columnLevels);
  const own = table.columns.map((column) => ofPlaces(column, places));
  const associations = associationsOf({ amounts: compared.strengths, columns: own }, seed);
  const isWrong = judgements(loaded, given);
  const sliced = levels.flatMap((found, column) => (found === undefined ? [] : [{ column, ...found }]));
  const slices = slicesOf(sliced, isWrong);
  const worse = slices.filter((slice) => slice.isWorse);
  const active = sliceConcepts(
    compared.strengths,
    worse.map(({ column, level }) => sides(levels[column]!, level, places)),
    seed,
  );
  const { columns, ...facts } = table;
  const idOf = (concept: number): string => explanation.concepts[concept].id;
  const nameOf = (column: number): string => columns[column].name;
  return {
    table: facts,
    columns: columns.map(({ name, kind, missing, notice }, at) => ({
      ...{ name, kind, missing },
      ...(notice !== undefined && { notice }),
      ...(levels[at] && { levels: levels[at].levels, of: [...levels[at].of] }),
    })),
    concepts: explanation.concepts.map(({ id, name }) => ({ id, name })),
    explained: places.length,
    judged: isWrong.filter((one) => one !== undefined).length,
    wrong: isWrong.filter((one) => one === true).length,
    associations: associations.map((one) => ({
      ...one,
      concept: idOf(one.concept),
      column: nameOf(one.column),
    })),
    slices: slices.map((slice) => ({
      ...slice,
      column: nameOf(slice.column),
      concepts:
        active[worse.indexOf(slice)]
          ?.slice(0, MOST_CONCEPTS)
          .map((one) => ({ ...one, concept: idOf(one.concept) })) ?? null,
    })),
  };
}

function ofPlaces(column: Column, places: readonly number[]): Column {
  return { ...column, values: Float64Array.from(places, (place) => column.values[place]) };
}

/** Of every picture that was given: is the answer another than its folder says? */
function judgements({ project, run, compared }: LoadedRun, given: readonly GivenPicture[]) {
  const isNumber = compared.answers.number !== undefined;
  const truthOf = truthFinder(answerNames(run.explanation?.score, project.file.labels.names));
  return given.map(({ file, answer }) => {
    const truth = isNumber ? undefined : truthOf(file);
    return truth === undefined ? undefined : truth !== answer.index;
  });
}

function sides(
  { levels, of }: { readonly levels: readonly string[]; readonly of: Int32Array },
  level: string,
  places: readonly number[],
): Uint8Array {
  const wanted = levels.indexOf(level);
  return Uint8Array.from(places, (place) => (of[place] < 0 ? 2 : Number(of[place] === wanted)));
}
