import type { Comparison } from '../comparison/compare-runs.ts';
import { fitOf } from '../images/preprocessing.ts';
import { matrixColumn } from '../linalg/matrix.ts';
import type { ImageCodec, RgbImage } from '../platform.ts';
import { MOST_SHOWN } from '../report/comparison/changed-section.ts';
import type { ConceptPicturesOf } from '../report/comparison/comparison-data.ts';
import { renderComparison } from '../report/comparison/comparison-page.ts';
import { assemblePictures, type PictureOptions } from '../report/report-pictures.ts';
import type { CoefficientMap } from '../report/rgb-picture.ts';
import { sideOf, type LoadedRun } from './compared-run.ts';
import type { Environment } from './environment.ts';
import { asRunFound, inputChanges } from './input-changes.ts';
import { shownFrame } from './shown-frame.ts';
import { MATCHED_IMAGES, matchedImages, type ShownImages } from './matched-images.ts';
import { blankPicture, readableOr, smallPictures } from './small-pictures.ts';

/** Crops of a concept, and whole images in which it is shown. */
const [CROPS, MAPS] = [6, MATCHED_IMAGES];

/**
 * Writes a comparison of two runs as one HTML file and returns its path. The pictures are read again from their files;
 * what is changed or gone since is shown blank, and counted.
 */
export async function writeComparison(
  { storage, codec }: Pick<Environment, 'storage' | 'codec'>,
  { a, b }: Readonly<Record<'a' | 'b', LoadedRun>>,
  comparison: Comparison,
  path: string,
): Promise<string> {
  const shown = matchedImages({ a, b }, comparison);
  const [ofA, ofB] = [await sidePictures(codec, a, shown.a), await sidePictures(codec, b, shown.b)];
  const page = renderComparison({
    a: sideOf(a),
    b: sideOf(b),
    comparison,
    pictures: { a: ofA.pictures, b: ofB.pictures },
    changedPictures: await changedPictures(codec, a, comparison),
    lost: ofA.lost + ofB.lost,
  });
  await storage.writeAtomic(path, page);
  return path;
}

async function sidePictures(
  codec: ImageCodec,
  { project, run, explanation, places, compared, preprocessing }: LoadedRun,
  shown: ShownImages,
): Promise<{ readonly pictures: readonly ConceptPicturesOf[]; readonly lost: number }> {
  const frame = fitOf(preprocessing);
  const { changed, missing } = await inputChanges(project, run);
  const loadImage = async (image: number): Promise<RgbImage> => {
    if (changed.has(image) || missing.has(image)) return blankPicture(shownFrame(frame));
    return readableOr(codec.decodeFitted(explanation.images[image].file, shownFrame(frame)), () =>
      blankPicture(shownFrame(frame)),
    );
  };
  const placeOf = new Map(places.map((image, place) => [image, place]));
  const mapOf: PictureOptions['mapOf'] = (concept, image): CoefficientMap | undefined => {
    const [rows, columns] = compared.grid;
    const place = placeOf.get(image);
    if (place === undefined || rows * columns === 1) return undefined;
    return { values: matrixColumn(compared.amounts[place], concept), grid: compared.grid };
  };
  const source = { codec, loadImage, frame, mapOf };
  const sides = { cropSide: 96, exampleSide: 176 };
  const crops = await assemblePictures({
    ...source,
    ...sides,
    explanation,
    cropsPerConcept: CROPS,
    examplesPerConcept: 0,
  });
  const maps = await assemblePictures({
    ...source,
    ...sides,
    explanation: { ...explanation, concepts: explanation.concepts.map(withImages(shown)) },
    cropsPerConcept: 0,
    examplesPerConcept: MAPS,
  });
  return {
    pictures: explanation.concepts.map(({ id }) => ({
      crops: crops[id].crops.map(({ src }) => src),
      maps: maps[id].examples.map(({ map }) => map),
    })),
    lost: new Set([...changed, ...missing]).size,
  };
}

type ExplainedConcept = LoadedRun['explanation']['concepts'][number];

/** A concept whose examples are the given images. */
function withImages(shown: ShownImages) {
  return (concept: ExplainedConcept, rank: number): ExplainedConcept => ({
    ...concept,
    crops: (shown.get(rank) ?? []).map((image) => ({ image, box: [0, 0, 1, 1], coefficient: 0 })),
  });
}

async function changedPictures(
  codec: ImageCodec,
  { project, run, preprocessing }: LoadedRun,
  { decisions }: Comparison,
): Promise<Record<string, string>> {
  if (typeof decisions === 'string') return {};
  const files = await asRunFound(project, run, decisions.changed.slice(0, MOST_SHOWN));
  return smallPictures(codec, files, fitOf(preprocessing));
}
