import type { ImageFile } from './folder-scan.ts';

/** Indices of at most `limit` images, in turn from each folder, so that every class shows. */
export function previewSample(images: readonly ImageFile[], limit: number): number[] {
  const folders = new Map<string, number[]>();
  images.forEach(({ root, folder }, index) => {
    const key = `${root}\n${folder}`;
    folders.set(key, [...(folders.get(key) ?? []), index]);
  });
  const lists = [...folders.values()];
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  const chosen: number[] = [];
  for (let turn = 0; turn < longest && chosen.length < limit; turn++) {
    for (const list of lists) if (turn < list.length && chosen.length < limit) chosen.push(list[turn]);
  }
  return chosen;
}
