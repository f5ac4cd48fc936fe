import { fitOf, type Preprocessing } from '../../images/preprocessing.ts';
import type { Box } from '../../concepts/explanation.ts';
import type { FilePicture, RgbImage } from '../../platform.ts';
import { cutScaled } from '../../report/rgb-picture.ts';
import type { StudyPicture } from '../../study/study.ts';
import type { Environment } from '../environment.ts';
import { readPicture, wasChanged } from '../pictures.ts';
import type { FileFact } from '../question.ts';
import { shownFrame } from '../shown-frame.ts';

/** Longer side of a picture that is shown, and side of a crop, in pixels. */
const MOST_SIDE = 448;
const CROP_SIDE = 160;
/** Hardly to be told from the picture itself, and a fifth of its bytes. */
const QUALITY = 88;

/** Makes the picture files of a study, by their hash. */
export interface PictureMaker {
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  /** A file as the model sees it framed, sharper where it has the detail. Throws 'bad-image' where it changed or is gone. */
  framed(file: FileFact, preprocessing: Preprocessing): Promise<FilePicture>;
  keep(picture: RgbImage, alt: string): Promise<StudyPicture>;
  /** Cuts a box, in pixels of the model's input, out of a framed picture. */
  keepCrop(picture: RgbImage, box: Box, preprocessing: Preprocessing, alt: string): Promise<StudyPicture>;
}

/** Opens a maker that has made nothing yet. */
export function createPictureMaker({ storage, codec }: Pick<Environment, 'storage' | 'codec'>): PictureMaker {
  const bytes = new Map<string, Uint8Array>();
  const keep = async (picture: RgbImage, alt: string): Promise<StudyPicture> => {
    const jpeg = await codec.encodeJpeg(picture, { quality: QUALITY });
    const sha256 = storage.sha256(jpeg);
    bytes.set(sha256, jpeg);
    return { sha256, extension: 'jpg', width: picture.width, height: picture.height, alt };
  };
  return {
    bytes,
    keep,
    async framed(file, preprocessing) {
      const read = await readPicture(codec, file, shownFrame(fitOf(preprocessing)));
      if ('reason' in read) throw wasChanged(file.path);
      return { ...read, ...atMost(read) };
    },
    keepCrop(picture, [left, top, width, height], preprocessing, alt) {
      const { width: across, height: down } = fitOf(preprocessing);
      const [x, y] = [picture.width / across, picture.height / down];
      const box: Box = [left * x, top * y, width * x, height * y];
      const scale = CROP_SIDE / Math.max(box[2], box[3]);
      const [w, h] = [Math.round(box[2] * scale), Math.round(box[3] * scale)];
      return keep(cutScaled(picture, box, Math.max(1, w), Math.max(1, h)), alt);
    },
  };
}

function atMost(picture: RgbImage): RgbImage {
  const { width, height } = picture;
  const scale = MOST_SIDE / Math.max(width, height);
  if (scale >= 1) return { width, height, data: picture.data };
  return cutScaled(
    picture,
    [0, 0, width, height],
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
}
