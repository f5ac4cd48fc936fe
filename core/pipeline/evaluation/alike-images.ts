import type { ImageRecord } from '../../concepts/explanation.ts';
import type { Matrix } from '../../linalg/matrix.ts';
import type { FileFact } from '../question.ts';

/**
 * For every image the first that is the same picture: a file of the same bytes, or one of which model and concepts say the
 * same to the last bit. A copy says nothing that its original has not said.
 */
export function firstAlike(
  images: readonly Pick<ImageRecord, 'logit'>[],
  coefficients: readonly Matrix[],
  files: readonly Pick<FileFact, 'stamp'>[] = [],
): number[] {
  const byContent = new Map<string, number>();
  const byLogit = new Map<number, number[]>();
  return images.map(({ logit }, image) => {
    const content = contentOf(files[image], image);
    const near = byLogit.get(logit) ?? [];
    const first =
      byContent.get(content) ??
      near.find((other) => isSame(coefficients[other], coefficients[image])) ??
      image;
    byContent.set(content, first);
    if (first !== image) return first;
    near.push(image);
    byLogit.set(logit, near);
    return first;
  });
}

/** The images without the copies of others, by {@link firstAlike}. */
export function distinctImages(first: readonly number[]): number[] {
  return [...new Set(first)];
}

/** By places: of each different file the places of all that have its bytes; a file of which nothing is known is by itself. */
export function filesByContent(files: readonly Pick<FileFact, 'stamp'>[]): number[][] {
  const places = new Map<string, number[]>();
  for (const [place, file] of files.entries()) {
    const content = contentOf(file, place);
    const own = places.get(content) ?? [];
    own.push(place);
    places.set(content, own);
  }
  return [...places.values()];
}

/** Of every place the first that is the same, from the places of each different file. */
export function firstOfEach(copies: readonly (readonly number[])[]): number[] {
  const first: number[] = [];
  for (const places of copies) for (const place of places) first[place] = places[0];
  return first;
}

/** The same of files of the same bytes; a file of which nothing is known has a content of its own. */
function contentOf(file: Pick<FileFact, 'stamp'> | undefined, place: number): string {
  return file?.stamp?.sha256 ?? `unknown ${place}`;
}

function isSame({ data }: Matrix, { data: other }: Matrix): boolean {
  return data.length === other.length && data.every((value, at) => value === other[at]);
}
