/** Images that a person has chosen; replaced whole, for a hundred thousand of them are not watched one by one. */
export type ChosenImages = ReadonlySet<number>;

/** No image. */
export const NONE_CHOSEN: ChosenImages = new Set();

/** Some more of them. */
export function withImages(chosen: ChosenImages, images: readonly number[]): ChosenImages {
  const all = new Set(chosen);
  for (const image of images) all.add(image);
  return all;
}

/** Without some of them where all of those are chosen, else with those too. */
export function toggled(chosen: ChosenImages, images: readonly number[]): ChosenImages {
  if (!images.every((image) => chosen.has(image))) return withImages(chosen, images);
  const rest = new Set(chosen);
  for (const image of images) rest.delete(image);
  return rest;
}
