import { countOf } from '../wording/count-text.ts';

/** That pictures of a study are gone, by their paths; nothing where none is. */
export function lostPicturesText(paths: readonly string[]): string[] {
  return told(paths, paths.length === 1 ? 'is gone' : 'are gone');
}

/** That pictures of a study were changed, by their paths; nothing where none was. */
export function changedPicturesText(paths: readonly string[]): string[] {
  return told(paths, paths.length === 1 ? 'was changed' : 'were changed');
}

function told(paths: readonly string[], what: string): string[] {
  return paths.length === 0 ? [] : [`${countOf(paths.length, 'picture')} of the study ${what} (${paths[0]})`];
}
