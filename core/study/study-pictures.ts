import type { Panel, Study, StudyMaterial, StudyPicture } from './study.ts';

/** Every picture file of a study once, in the order of its material. */
export function picturesOf({ material }: Pick<Study, 'material'>): StudyPicture[] {
  return [...new Map(allPictures(material).map((picture) => [picture.sha256, picture])).values()];
}

/** Name of a picture's file in `studies/ID/pictures`. */
export function pictureFileName({ sha256, extension }: Pick<StudyPicture, 'sha256' | 'extension'>): string {
  return `${sha256}.${extension}`;
}

function allPictures(material: StudyMaterial): readonly StudyPicture[] {
  switch (material.kind) {
    case 'utility':
      return [
        ...material.items.flatMap(({ picture, shown }) => [picture, ...panelPictures(shown)]),
        ...panelPictures(material.legend),
      ];
    case 'intruder':
      return material.items.flatMap(({ crops }) => crops);
    case 'choice':
      return material.items.flatMap(({ galleries }) => galleries.flat());
  }
}

function panelPictures(shown: Readonly<Record<string, readonly Panel[]>>): StudyPicture[] {
  return Object.values(shown)
    .flat()
    .flatMap((panel) => {
      if (panel.kind === 'map') return [panel.picture];
      return panel.kind === 'gallery' ? panel.crops : [];
    });
}
