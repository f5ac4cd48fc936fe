import type { Concept, CropRef } from '../concepts/explanation.ts';
import { fitOf, parsePreprocessing } from '../images/preprocessing.ts';
import type { OnProgress, RgbImage } from '../platform.ts';
import { loadRun, type Project } from '../project/project-folder.ts';
import type { ModelOverview } from '../report/overview/overview-data.ts';
import { renderOverview } from '../report/overview/overview-page.ts';
import { assemblePictures } from '../report/report-pictures.ts';
import type { Environment } from './environment.ts';
import { inputChanges } from './input-changes.ts';
import { shownFrame } from './shown-frame.ts';
import { blankPicture, readableOr } from './small-pictures.ts';

/** Side of a crop, in pixels, and how many of each concept; fewer of many, so that the page remains small. */
const SIDE = 96;
const CROPS = 6;
const MOST_CROPS = 600;

/**
 * Writes the report of a whole model as one HTML file and returns its path. The crops are read again from their files; what
 * is changed or gone since is shown blank, and counted.
 */
export async function writeOverview(
  { storage, codec }: Pick<Environment, 'storage' | 'codec'>,
  project: Project,
  overview: ModelOverview,
  path: string,
  onProgress?: OnProgress,
): Promise<string> {
  const perConcept = Math.max(
    1,
    Math.min(CROPS, Math.floor(MOST_CROPS / Math.max(1, overview.concepts.length))),
  );
  const { concepts, places } = shownPlaces(overview, perConcept);
  const { lost, preprocessing } = await lostPlaces(project, places);
  const fit = fitOf(parsePreprocessing(preprocessing));
  const blank = (): RgbImage => blankPicture(shownFrame(fit));
  const pictures = await assemblePictures({
    codec,
    loadImage: (image) =>
      lost.has(image)
        ? Promise.resolve(blank())
        : readableOr(codec.decodeFitted(places[image].file, shownFrame(fit)), blank),
    frame: fit,
    explanation: { concepts },
    mapOf: () => undefined,
    cropsPerConcept: perConcept,
    examplesPerConcept: 0,
    cropSide: SIDE,
    ...(onProgress && { onProgress }),
  });
  const crops = Object.fromEntries(concepts.map(({ id }) => [id, pictures[id].crops.map(({ src }) => src)]));
  const page = renderOverview({
    overview,
    model: project.file.model.path,
    sha256: project.file.model.sha256,
    crops,
    lost: lost.size,
  });
  await storage.writeAtomic(path, page);
  return path;
}

/** An image of a run. */
interface Place {
  readonly runId: string;
  readonly file: string;
}

/** The concepts with their crops in one list of images, whichever run they are of. */
function shownPlaces(
  { concepts, classes }: ModelOverview,
  perConcept: number,
): { readonly concepts: readonly Concept[]; readonly places: readonly Place[] } {
  const runs = new Map(classes.map((one) => [one.runId, one]));
  const places: Place[] = [];
  const known = new Map<string, number>();
  const placeOf = (runId: string, image: number): number => {
    const name = `${runId} ${image}`;
    const place = known.get(name) ?? places.push({ runId, file: runs.get(runId)!.files[image] }) - 1;
    known.set(name, place);
    return place;
  };
  return {
    concepts: concepts.map(({ id, name, cover }) => ({
      ...{ id, name, importance: { mean: 0, low: 0, high: 0 }, tier: 0, prevalence: 0 },
      crops: cover.crops
        .slice(0, perConcept)
        .map((crop): CropRef => ({ ...crop, image: placeOf(cover.runId, crop.image) })),
    })),
    places,
  };
}

/** Images that are no longer what they were, by their place in the list, and how the runs prepared them. */
async function lostPlaces(project: Project, places: readonly Place[]) {
  const lost = new Set<number>();
  let { preprocessing } = project.file;
  for (const runId of new Set(places.map((place) => place.runId))) {
    const own = [...places.keys()].filter((at) => places[at].runId === runId);
    const run = await loadRun(project, runId);
    preprocessing = run.given?.preprocessing ?? preprocessing;
    const { changed, missing } = await inputChanges(
      project,
      run,
      own.map((at) => places[at]),
    );
    for (const at of [...changed, ...missing]) lost.add(own[at]);
  }
  return { lost, preprocessing };
}
