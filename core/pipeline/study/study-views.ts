import type { ImageCodec } from '../../platform.ts';
import { studyPicturePath, type StudiesFolder } from '../../project/study-folder.ts';
import { viewOf, type PictureView } from '../../study/simulated/picture-view.ts';
import { picturesOf } from '../../study/study-pictures.ts';
import type { Study } from '../../study/study.ts';

/** Reads every picture of a study from its folder as simulated participants see it, by its hash. Throws 'bad-image'. */
export async function readStudyViews(
  codec: Pick<ImageCodec, 'decode'>,
  place: StudiesFolder,
  study: Study,
): Promise<(sha256: string) => PictureView> {
  const views = new Map<string, PictureView>();
  for (const picture of picturesOf(study)) {
    const image = await codec.decode(studyPicturePath(place, study.id, picture));
    views.set(picture.sha256, viewOf(image));
  }
  return (sha256) => views.get(sha256)!;
}
