import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { decodeText } from '../tables/decode-text.ts';
import { createFinder, MATCH_WAYS } from '../tables/match-pictures.ts';
import type { MarkedPicture } from '../tables/objects/marked-picture.ts';
import { objectCover } from '../tables/objects/object-cover.ts';
import { objectShares, type ObjectShare } from '../tables/objects/object-shares.ts';
import { readCoco } from '../tables/objects/read-coco.ts';
import { readVoc } from '../tables/objects/read-voc.ts';
import type { LoadedRun } from './compared-run.ts';

/** How much of the concepts of a run lies in marked objects. */
export interface RunObjects {
  /** Explained images with a marked object, of all that are explained. */
  readonly images: number;
  readonly explained: number;
  /** By the concepts' ids, those that seek the objects most first. */
  readonly shares: readonly (Omit<ObjectShare, 'concept'> & {
    readonly concept: string;
    readonly name: string;
  })[];
}

/** Reads marks: a COCO file, or a folder of Pascal VOC's XML. Throws TesseraError 'bad-table' and 'storage'. */
export async function readMarks(storage: Storage, path: string): Promise<MarkedPicture[]> {
  const entries = await storage.list(path).catch(() => undefined);
  if (entries === undefined) {
    const { text } = decodeText(await storage.readBytes(path), storage.basename(path));
    return readCoco(jsonOf(text, storage.basename(path)), storage.basename(path));
  }
  const files = entries.filter(({ name, kind }) => kind === 'file' && /\.xml$/i.test(name));
  if (files.length === 0)
    throw new TesseraError('bad-table', `${path} holds no .xml file.`, {
      hint: 'Give a folder of Pascal VOC annotations, or a COCO file (.json).',
    });
  const pictures: MarkedPicture[] = [];
  for (const { name } of files)
    pictures.push(readVoc(decodeText(await storage.readBytes(storage.join(path, name)), name).text, name));
  return pictures;
}

/**
 * Of the amount of each concept, the share inside of marked objects, over the explained images that have some.
 * Throws TesseraError 'bad-table' where no mark is of an explained image, or the layer has no places.
 */
export function runObjects(
  { compared, explanation, preprocessing }: LoadedRun,
  marks: readonly MarkedPicture[],
): RunObjects {
  const { grid, images, amounts } = compared;
  if (grid[0] * grid[1] === 1)
    throw new TesseraError(
      'bad-table',
      `The layer ${compared.layer} has no places: its concepts lie nowhere.`,
      {
        hint: 'Explain at an earlier layer.',
      },
    );
  const found = markedImages(compared, marks);
  if (found.length === 0)
    throw new TesseraError('bad-table', 'No marked picture is one of the explained images.', {
      hint: `Marks name pictures as "${marks[0]?.file ?? ''}", the run as "${images[0]?.file ?? ''}".`,
    });
  const shares = objectShares(
    found.map(({ mark, place }) => ({
      amounts: amounts[place],
      cover: objectCover(mark, mark.objects, preprocessing, grid),
    })),
  );
  return {
    images: found.length,
    explained: images.length,
    shares: shares
      .map(({ concept, ...share }) => ({
        concept: explanation.concepts[concept].id,
        name: explanation.concepts[concept].name,
        ...share,
      }))
      .sort((a, b) => b.difference - a.difference),
  };
}

/**
 * The explained images that marks are of, each once. Marks are matched with all pictures that the run was given, in the one way
 * by which most are found, so that a name that pictures in several folders have is not taken for the explained one.
 */
function markedImages(
  { images, answers }: LoadedRun['compared'],
  marks: readonly MarkedPicture[],
): { readonly mark: MarkedPicture; readonly place: number }[] {
  const placeOf = new Map(images.map(({ file }, place) => [file, place]));
  const files = [...new Set([...placeOf.keys(), ...(answers.given ?? []).map(({ file }) => file)])];
  const { find } = createFinder(files.map((path) => ({ path })));
  const ways = MATCH_WAYS.map((way) => marks.map((mark) => find(mark.file, way)));
  const count = (matches: (typeof ways)[number]): number =>
    matches.filter((match) => typeof match === 'number').length;
  const matches = ways.reduce((most, one) => (count(one) > count(most) ? one : most));
  const found = new Map<number, MarkedPicture>();
  marks.forEach((mark, at) => {
    const match = matches[at];
    const place = typeof match === 'number' ? placeOf.get(files[match]) : undefined;
    if (place !== undefined && mark.objects.length > 0 && !found.has(place)) found.set(place, mark);
  });
  return [...found].map(([place, mark]) => ({ mark, place }));
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TesseraError('bad-table', `${file} is not valid JSON.`, {
      hint: 'Give a COCO file (.json), or a folder of Pascal VOC annotations (.xml).',
      cause,
    });
  }
}
