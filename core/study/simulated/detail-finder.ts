import { bestMatch, templateOf, type Template } from '../../images/template-match.ts';
import type { StudyPicture } from '../study.ts';
import { FINE_SIDE, type PictureView } from './picture-view.ts';

/** Side of the square under a map's brightest place. */
const PATCH_SIDE = 13;

/** Something that a participant was shown, and looks for in other pictures. */
export interface Detail {
  readonly key: string;
  /** The same at several sizes, where its size is not known. */
  readonly templates: readonly Template[];
}

/** A crop as a detail; undefined where it is too plain to be told from others. */
export function cropDetail({ sha256 }: StudyPicture, { asCrop }: PictureView): Detail | undefined {
  const templates = asCrop.flatMap((pixels) => templateOf(pixels, { top: 0, left: 0 }, pixels.width) ?? []);
  return templates.length === 0 ? undefined : { key: sha256, templates };
}

/** The square of a picture under the brightest place of a map [48 · 48]; undefined where it is plain. */
export function patchDetail(key: string, { details }: PictureView, map: Float32Array): Detail | undefined {
  const most = map.reduce((best, value, cell) => (value > map[best] ? cell : best), 0);
  const corner = (cell: number): number =>
    Math.min(FINE_SIDE - PATCH_SIDE, Math.max(0, cell - Math.floor(PATCH_SIDE / 2)));
  const place = { top: corner(Math.floor(most / FINE_SIDE)), left: corner(most % FINE_SIDE) };
  const template = templateOf(details, place, PATCH_SIDE);
  return template && { key, templates: [template] };
}

/** How like a detail the likest place of a picture is, -1 … 1; each pair is looked at once. */
export type FindDetail = (detail: Detail, picture: string) => number;

/** Opens a finder over pictures by their hash. */
export function detailFinder(viewOf: (sha256: string) => PictureView): FindDetail {
  const known = new Map<string, number>();
  return (detail, picture) => {
    const key = `${detail.key} ${picture}`;
    const found =
      known.get(key) ??
      Math.max(...detail.templates.map((template) => bestMatch(viewOf(picture).details, template).likeness));
    known.set(key, found);
    return found;
  };
}
