import type { Box, Concept, Explanation } from '../concepts/explanation.ts';
import { exampleImages } from '../concepts/gallery.ts';
import type { ImageCodec, OnProgress, RgbImage } from '../platform.ts';
import { dataUrl } from './data-url.ts';
import type { ConceptPictures, CropPicture, ExamplePicture } from './report-data.ts';
import { cutScaled, overlayMap } from './rgb-picture.ts';
import type { CoefficientMap } from './rgb-picture.ts';

/** Where the pictures come from and how many are made. */
export interface PictureOptions {
  readonly explanation: Pick<Explanation, 'concepts'>;
  readonly codec: Pick<ImageCodec, 'encodeJpeg'>;
  /** The fitted picture at an index of the explained images; sharper than the frame is welcome. */
  readonly loadImage: (image: number) => Promise<RgbImage>;
  /** Size of the square that boxes refer to: the model's input. */
  readonly frame: { readonly width: number; readonly height: number };
  /** The map of the concept at a rank in the picture at an index, if there is one. */
  readonly mapOf: (concept: number, image: number) => CoefficientMap | undefined;
  /** The same by further methods, shown beside. */
  readonly furtherMapsOf?: readonly PictureOptions['mapOf'][];
  /** @default 12 */
  readonly cropsPerConcept?: number;
  /** @default 3 */
  readonly examplesPerConcept?: number;
  /** Side of a crop in pixels. @default 128 */
  readonly cropSide?: number;
  /** Longer side of an example in pixels. @default 240 */
  readonly exampleSide?: number;
  readonly onProgress?: OnProgress;
}

interface Job {
  readonly concept: number;
  readonly image: number;
}

/**
 * Makes the JPEG pictures of a report, by concept id. Each image is loaded once, whatever number of concepts it
 * shows, and only one is held at a time.
 *
 * Maps of one concept share one colour scale, from 0 to the largest coefficient in its examples.
 * About 90 kB a concept at the defaults, so 25 concepts remain far below 15 MB.
 */
export async function assemblePictures(options: PictureOptions): Promise<Record<string, ConceptPictures>> {
  const { explanation, loadImage, onProgress } = options;
  const { concepts } = explanation;
  const examples = concepts.flatMap((concept, rank) => examplesOf(concept, rank, options));
  const maximumOf = (rank: number, mapIn: (job: Example) => CoefficientMap | undefined): number =>
    examples
      .filter((job) => job.concept === rank)
      .reduce((most, job) => Math.max(most, largest(mapIn(job))), 0);
  const methods = [0, ...(options.furtherMapsOf ?? []).keys()].map((_, method) => method);
  const maxima = concepts.map((_, rank) =>
    methods.map((method) => maximumOf(rank, ({ maps }) => maps[method])),
  );
  const crops = concepts.flatMap((concept, rank) =>
    concept.crops.slice(0, options.cropsPerConcept ?? 12).map((crop) => ({ concept: rank, ...crop })),
  );
  const cropPictures = new Map<Job, CropPicture>();
  const examplePictures = new Map<Job, ExamplePicture>();

  const images = [...new Set([...examples, ...crops].map((job) => job.image))].sort((a, b) => a - b);
  for (const [done, image] of images.entries()) {
    onProgress?.({ stage: 'pictures', done, total: images.length });
    const picture = await loadImage(image);
    for (const crop of crops.filter((job) => job.image === image))
      cropPictures.set(crop, await cropPicture(picture, crop, options));
    for (const example of examples.filter((job) => job.image === image))
      examplePictures.set(example, await examplePicture(picture, example, maxima[example.concept], options));
  }
  onProgress?.({ stage: 'pictures', done: images.length, total: images.length });

  const ofRank = <P>(jobs: readonly Job[], pictures: ReadonlyMap<Job, P>, rank: number): P[] =>
    jobs.filter((job) => job.concept === rank).map((job) => pictures.get(job)!);
  return Object.fromEntries(
    concepts.map(({ id }, rank) => [
      id,
      {
        crops: ofRank(crops, cropPictures, rank),
        examples: ofRank(examples, examplePictures, rank),
        mapMaximum: maxima[rank][0],
        ...(maxima[rank].length > 1 && { furtherMaxima: maxima[rank].slice(1) }),
      },
    ]),
  );
}

/** An image and its maps, by method. */
interface Example extends Job {
  readonly maps: readonly [CoefficientMap, ...(CoefficientMap | undefined)[]];
}

/** The images of the strongest crops that have a map. */
function examplesOf(
  concept: Concept,
  rank: number,
  { mapOf, furtherMapsOf = [], examplesPerConcept }: PictureOptions,
): Example[] {
  return exampleImages(concept, examplesPerConcept).flatMap((image) => {
    const map = mapOf(rank, image);
    if (map === undefined) return [];
    return [{ concept: rank, image, maps: [map, ...furtherMapsOf.map((further) => further(rank, image))] }];
  });
}

async function cropPicture(
  picture: RgbImage,
  { image, box, coefficient }: { readonly image: number; readonly box: Box; readonly coefficient: number },
  { codec, frame, cropSide = 128 }: PictureOptions,
): Promise<CropPicture> {
  const across = picture.width / frame.width;
  const down = picture.height / frame.height;
  const [left, top, width, height] = box;
  const scaled: Box = [left * across, top * down, width * across, height * down];
  const jpeg = await codec.encodeJpeg(cutScaled(picture, scaled, cropSide, cropSide), { quality: 82 });
  return { src: dataUrl('image/jpeg', jpeg), image, coefficient };
}

async function examplePicture(
  picture: RgbImage,
  { image, maps }: Example,
  maxima: readonly number[],
  { codec, exampleSide = 240 }: PictureOptions,
): Promise<ExamplePicture> {
  const scale = exampleSide / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const small = cutScaled(picture, [0, 0, picture.width, picture.height], width, height);
  const plain = await codec.encodeJpeg(small, { quality: 80 });
  const overlaid: string[] = [];
  for (const [method, map] of maps.entries()) {
    if (map === undefined) continue;
    const jpeg = await codec.encodeJpeg(overlayMap(small, map, maxima[method]), { quality: 80 });
    overlaid.push(dataUrl('image/jpeg', jpeg));
  }
  const [map, ...furtherMaps] = overlaid;
  return {
    src: dataUrl('image/jpeg', plain),
    map,
    ...(furtherMaps.length > 0 && { furtherMaps }),
    image,
  };
}

function largest(map: CoefficientMap | undefined): number {
  return map ? map.values.reduce((most, value) => Math.max(most, value), 0) : 0;
}
