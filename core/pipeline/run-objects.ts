import { TesseraError } from '../errors.ts';
import { FEWEST_IMAGES } from '../metrics/drift.ts';
import type { MarkedObject, MarkedPicture } from '../tables/objects/marked-picture.ts';
import { matchMarks } from '../tables/objects/match-marks.ts';
import { objectCover } from '../tables/objects/object-cover.ts';
import type { NamedShare, RunObjects } from '../tables/objects/object-facts.ts';
import { objectShares } from '../tables/objects/object-shares.ts';
import type { LoadedRun } from './compared-run.ts';
import type { Marks } from './read-marks.ts';

/** Kinds of objects that are looked at by themselves. */
const MOST_KINDS = 20;

/**
 * Of the amount of each concept, the share inside of marked objects, over the explained images that have some.
 * Throws TesseraError 'bad-table' where no mark is of an explained image, or the layer has no places.
 */
export function runObjects(run: LoadedRun, { file, pictures }: Marks): RunObjects {
  const { grid, images, layer } = run.compared;
  if (grid[0] * grid[1] === 1)
    throw new TesseraError('bad-table', `The layer ${layer} has no places: its concepts lie nowhere.`, {
      hint: 'Explain at an earlier layer.',
    });
  const { marked, strangers, ambiguous } = markedImages(run.compared, pictures);
  if (marked.length === 0)
    throw new TesseraError('bad-table', 'No marked picture is one of the explained images.', {
      hint: `Marks name pictures as "${pictures[0]?.file ?? ''}", the run as "${images[0]?.file ?? ''}".`,
    });
  const sharesIn = (isMeant: (object: MarkedObject) => boolean): NamedShare[] =>
    sharesOf(run, marked, isMeant);
  return {
    file,
    images: marked.length,
    explained: images.length,
    strangers,
    ambiguous,
    shares: sharesIn(() => true),
    kinds: kindsOf(marked).map(({ name, count }) => ({
      name,
      images: count,
      shares: sharesIn((object) => object.name === name),
    })),
  };
}

/** A marked picture, and its place among the explained images. */
interface MarkedImage {
  readonly mark: MarkedPicture;
  readonly place: number;
}

function sharesOf(
  { compared: { grid, amounts }, explanation, preprocessing }: LoadedRun,
  marked: readonly MarkedImage[],
  isMeant: (object: MarkedObject) => boolean,
): NamedShare[] {
  const covered = marked.flatMap(({ mark, place }) => {
    const objects = mark.objects.filter(isMeant);
    if (objects.length === 0) return [];
    return [{ amounts: amounts[place], cover: objectCover(mark, objects, preprocessing, grid) }];
  });
  return objectShares(covered)
    .map(({ concept, ...share }) => ({
      concept: explanation.concepts[concept].id,
      name: explanation.concepts[concept].name,
      ...share,
    }))
    .sort((a, b) => b.difference - a.difference);
}

/** Names of objects in enough of the images, the most frequent first; none where there is one name only. */
function kindsOf(marked: readonly MarkedImage[]): { readonly name: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { mark } of marked)
    for (const name of new Set(mark.objects.map((object) => object.name)))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.size < 2) return [];
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .filter(({ count }) => count >= FEWEST_IMAGES)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_KINDS);
}

/**
 * The explained images that marks are of, each once. Marks are matched with all pictures that the run was given, so that a
 * name that pictures in several folders have is not taken for the explained one.
 */
function markedImages({ images, answers }: LoadedRun['compared'], marks: readonly MarkedPicture[]) {
  const placeOf = new Map(images.map(({ file }, place) => [file, place]));
  const files = [...new Set([...placeOf.keys(), ...(answers.given ?? []).map(({ file }) => file)])];
  const { found, ...left } = matchMarks(
    marks,
    files.map((path) => ({ path })),
  );
  const marked = [...found].flatMap(([at, mark]): MarkedImage[] => {
    const place = placeOf.get(files[at]);
    return place === undefined || mark.objects.length === 0 ? [] : [{ mark, place }];
  });
  return { marked, ...left };
}
