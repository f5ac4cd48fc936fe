import type { Box } from '../../../core/concepts/explanation.ts';
import { fitOf, frameOf, type Preprocessing } from '../../../core/images/preprocessing.ts';
import type { FilePicture, FitOptions, ImageCodec, RgbImage, Storage } from '../../../core/platform.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { wasChanged } from '../../../core/pipeline/pictures.ts';
import type { FileFact } from '../../../core/pipeline/question.ts';
import { cutScaled, overlayMap } from '../../../core/report/rgb-picture.ts';
import type { PictureQuestion } from '../protocol.ts';
import type { Jobs } from './job-context.ts';
import { createKeptAnswers } from './kept-answers.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';
import { createRunPictures } from './run-pictures.ts';

/** Decoded pictures kept, since the crops of one picture are asked for together; some 2 MB each. */
const KEPT = 24;
/** A crop is cut from a picture of at most this side: more detail is not worth the time. */
const LARGEST_SIDE = 1536;
const OUTLINE: readonly number[] = [255, 255, 255];

/** Makes JPEG files of pictures. */
export function pictureJobs({ storage, codec }: Environment, openRun: OpenRun): Jobs<'makePicture'> {
  const decode = keptPictures(storage, codec);
  const picturesOf = createRunPictures(storage);
  const make = async (picture: PictureQuestion): Promise<RgbImage> => {
    const { side } = picture;
    if (picture.kind === 'file')
      return decode(picture.file, { width: side, height: side, fit: 'cover', kernel: 'lanczos3' });
    if (picture.kind === 'fitted') return decode(picture.file, fitFor(picture.preprocessing, side));
    if (picture.kind === 'crop') return cropOf(decode, picture.file, picture);
    const { preprocessing, images } = await picturesOf(picture);
    const file = images.at(picture.name.image);
    // A map is of the run's arrays, and only they know the pictures that are not explained.
    if (file === undefined || picture.name.kind === 'map')
      return makeOfRun(decode, await openRun(picture), picture);
    return makeOfFile(decode, { file, preprocessing }, picture);
  };
  return {
    async makePicture({ picture, path }) {
      await storage.makeDirectory(storage.dirname(path));
      await storage.writeAtomic(path, await codec.encodeJpeg(await make(picture), { quality: 85 }));
      return null;
    },
  };
}

type Decode = (file: string, fit: FitOptions) => Promise<FilePicture>;

type OfRun = PictureQuestion & { kind: 'run' };

async function makeOfRun(decode: Decode, opened: OpenedRun, question: OfRun): Promise<RgbImage> {
  const { preprocessing, maxima } = opened;
  const { name } = question;
  const { file } = opened.pictureAt(name.image);
  const picture = await makeOfFile(decode, { file, preprocessing }, question);
  if (name.kind !== 'map') return picture;
  opened.checkImage(name.image);
  // The name tells merged concepts from the one that they are named by, for whoever keeps the picture.
  const [concept] = name.concept.split('_');
  const map = opened.mapOf(concept, name.image);
  if (map === undefined) return picture;
  const most = name.scale === 'run' ? Math.max(...maxima) : opened.sourceOf(concept).maximum;
  return overlayMap(picture, map, most);
}

/** A picture of a run, or a part of it, without what the run found in it. */
async function makeOfFile(
  decode: Decode,
  { file: { path: file, stamp }, preprocessing }: { file: FileFact; preprocessing: Preprocessing },
  { side, name }: OfRun,
): Promise<RgbImage> {
  const ofRun: Decode = async (path, fit) => {
    const picture = await decode(path, fit);
    // Another picture must not stand for that of the run; what was made of it while it was there is kept.
    if (stamp !== undefined && stamp.sha256 !== picture.sha256) throw wasChanged(path);
    return picture;
  };
  if (name.kind === 'crop') return cropOf(ofRun, file, { preprocessing, box: name.box, side });
  const { width, height } = frameOf(preprocessing);
  const size = Math.max(width, height);
  const picture = await ofRun(file, fitFor(preprocessing, side));
  return name.kind === 'context' ? outlined(picture, scaled(name.box, side / size)) : picture;
}

/** The part of a picture that a box of the model's input stands for, in as much detail as the file has. */
async function cropOf(
  decode: Decode,
  file: string,
  { preprocessing, box, side }: { preprocessing: Preprocessing; box: Box; side: number },
): Promise<RgbImage> {
  const { width, height } = frameOf(preprocessing);
  const size = Math.max(width, height);
  const whole = Math.min(LARGEST_SIDE, Math.max(size, Math.round((side * size) / Math.max(1, box[2]))));
  const picture = await decode(file, fitFor(preprocessing, whole));
  return cutScaled(picture, scaled(box, whole / size), side, side);
}

/** The fit of a preprocessing with its longer side of another size: the same part of the picture. */
function fitFor(preprocessing: Preprocessing, side: number): FitOptions {
  const { resizeShort, ...fit } = fitOf(preprocessing);
  const scale = side / Math.max(fit.width, fit.height);
  return {
    ...fit,
    width: Math.round(fit.width * scale),
    height: Math.round(fit.height * scale),
    ...(resizeShort !== undefined && { resizeShort: Math.round(resizeShort * scale) }),
  };
}

function scaled([left, top, width, height]: Box, scale: number): Box {
  return [left * scale, top * scale, width * scale, height * scale];
}

/** The picture, darker outside the box and with a line around it. */
function outlined({ width, height, data }: RgbImage, [left, top, boxWidth, boxHeight]: Box): RgbImage {
  const out = Uint8Array.from(data);
  const line = Math.max(1, Math.round(width / 160));
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const inset = Math.min(x - left, y - top, left + boxWidth - 1 - x, top + boxHeight - 1 - y);
      if (inset >= line) continue;
      for (let channel = 0; channel < 3; channel++) {
        out[at + channel] = inset >= 0 ? OUTLINE[channel] : data[at + channel] * 0.6;
      }
    }
  }
  return { width, height, data: out };
}

function keptPictures(storage: Storage, codec: ImageCodec): Decode {
  const kept = createKeptAnswers<FilePicture>(KEPT);
  return async (file, fit) => {
    const stamp = await storage.stat(file);
    return kept(JSON.stringify([file, stamp, fit]), () => codec.decodeFitted(file, fit));
  };
}
