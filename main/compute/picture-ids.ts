import type { Box } from '../../core/concepts/explanation.ts';
import type { PictureId } from '../api/contract.ts';

/*
 * Names of pictures. The parts are joined by dots and hold letters, digits, '_' and '-' only, so that a name is a
 * path segment of an address and never a path of a file. Keys stand for folders and lists that the workbench knows.
 */

/** What a picture's name says. */
export type PictureName =
  /** A file of a scan, cut square. */
  | { readonly kind: 'file'; readonly scan: string; readonly index: number }
  /** A file of a scan as the model gets it; `as` names the preprocessing. */
  | { readonly kind: 'fitted'; readonly scan: string; readonly index: number; readonly as: string }
  | { readonly kind: 'image'; readonly project: string; readonly run: string; readonly image: number }
  | {
      readonly kind: 'crop';
      readonly project: string;
      readonly run: string;
      readonly image: number;
      readonly box: Box;
    }
  /** The whole picture with the box outlined. */
  | {
      readonly kind: 'context';
      readonly project: string;
      readonly run: string;
      readonly image: number;
      readonly box: Box;
    }
  /** `scale`: bright end at the largest coefficient of the concept, or of all concepts. */
  | {
      readonly kind: 'map';
      readonly project: string;
      readonly run: string;
      readonly image: number;
      readonly concept: string;
      readonly scale: 'concept' | 'run';
    };

/** The id of a picture; {@link parsePictureId} reads it. */
export function pictureId(name: PictureName): PictureId {
  switch (name.kind) {
    case 'file':
      return ['f', name.scan, name.index].join('.');
    case 'fitted':
      return ['a', name.scan, name.index, name.as].join('.');
    case 'image':
      return ['i', name.project, name.run, name.image].join('.');
    case 'crop':
    case 'context':
      return [name.kind === 'crop' ? 'c' : 'x', name.project, name.run, name.image, ...name.box].join('.');
    case 'map':
      return [name.scale === 'run' ? 'M' : 'm', name.project, name.run, name.image, name.concept].join('.');
  }
}

const WORD = /^[\w-]+$/;
const NUMBER = /^\d{1,9}$/;

/** The inverse of {@link pictureId}; undefined for anything that it did not make. */
export function parsePictureId(id: PictureId): PictureName | undefined {
  const parts = id.split('.');
  if (!parts.every((part) => WORD.test(part))) return undefined;
  const [letter, first, second, third, ...rest] = parts;
  const numbers = (texts: readonly (string | undefined)[]): number[] | undefined =>
    texts.every((text) => text !== undefined && NUMBER.test(text)) ? texts.map(Number) : undefined;
  if ((letter === 'f' && parts.length === 3) || (letter === 'a' && parts.length === 4)) {
    const index = numbers([second])?.[0];
    if (index === undefined) return undefined;
    return letter === 'f'
      ? { kind: 'file', scan: first, index }
      : { kind: 'fitted', scan: first, index, as: third };
  }
  const image = numbers([third])?.[0];
  if (image === undefined) return undefined;
  const place = { project: first, run: second, image };
  if (letter === 'i' && rest.length === 0) return { kind: 'image', ...place };
  if ((letter === 'm' || letter === 'M') && rest.length === 1) {
    return { kind: 'map', ...place, concept: rest[0], scale: letter === 'M' ? 'run' : 'concept' };
  }
  const box = numbers(rest);
  if ((letter !== 'c' && letter !== 'x') || box?.length !== 4) return undefined;
  return { kind: letter === 'c' ? 'crop' : 'context', ...place, box: box as unknown as Box };
}
