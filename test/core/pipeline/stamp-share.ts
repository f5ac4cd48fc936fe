import sharp from 'sharp';
import type { Explanation } from '../../../core/concepts/explanation.ts';
import { fileStorage } from '../../../core/runtime/storage.ts';
import card from '../../../models/demo/card.json' with { type: 'json' };

/** Share of a concept's crops, in images that ship with a mask, in which at least half of the stamp lies. */
export async function stampShare(explanation: Explanation, rank: number): Promise<number> {
  const value = card.parts[card.shortcut.part as keyof typeof card.parts];
  let inside = 0;
  let looked = 0;
  for (const { image, box } of explanation.concepts[rank].crops) {
    const mask = explanation.images[image].file.replace('/images/', '/masks/').replace('.jpg', '.png');
    if (!(await fileStorage.exists(mask))) continue;
    const { data, info } = await sharp(mask).greyscale().raw().toBuffer({ resolveWithObject: true });
    const [left, top, width, height] = box;
    let stamp = 0;
    let covered = 0;
    data.forEach((pixel, index) => {
      if (pixel !== value) return;
      const [x, y] = [index % info.width, Math.floor(index / info.width)];
      stamp++;
      if (x >= left && x < left + width && y >= top && y < top + height) covered++;
    });
    if (stamp === 0) continue;
    looked++;
    if (covered >= stamp / 2) inside++;
  }
  return looked === 0 ? 0 : inside / looked;
}
