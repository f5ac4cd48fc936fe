import { answerNames } from '../score/score-record.ts';
import { truthFinder } from '../images/folder-class.ts';
import type { Project } from '../project/project-folder.ts';
import { associationsOf } from '../tables/associations.ts';
import { columnLevels } from '../tables/column-levels.ts';
import type { Column } from '../tables/column-kinds.ts';
import type { KnownPicture } from '../tables/match-pictures.ts';
import type { PictureTable } from '../tables/read-table.ts';
import { sliceConcepts } from '../tables/slice-concepts.ts';
import { slicesOf } from '../tables/slices.ts';
import type { RunColumns } from '../tables/table-facts.ts';
import { loadComparedRun, type LoadedRun } from './compared-run.ts';
import { givenPictures, type GivenPicture } from './given-pictures.ts';

/** Concepts told of beside a slice. */
const MOST_CONCEPTS = 3;

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
