import { channelCount, frameOf, type Preprocessing } from '../images/preprocessing.ts';
import type { PictureLayout } from '../images/picture-layout.ts';
import { isExplained, isUndecided } from '../score/decision.ts';
import { float32, sizeOf, type Tensor } from '../tensor.ts';
import { readBatch, requireAll } from './pictures.ts';
import type { FileFact } from './question.ts';
import type { Facts, StageWork } from './stage.ts';
import { spreadPlaces } from './spread-places.ts';

/** Pictures of each side: at most so many, and no more than a part of the memory holds, but a few in any case. */
const MOST_PICTURES = 48;
const FEW_PICTURES = 8;
const MEMORY_SHARE = 4;

/** The pictures between which cues are exchanged, by their files. */
export interface CueFiles {
  /** Explained images that the model puts into the class, as indices of the run's images. */
  readonly own: readonly number[];
  /** Pictures that it puts elsewhere, spread over what it calls them. */
  readonly others: readonly FileFact[];
}

/** Which pictures are looked at; none where the model decides nothing by itself. */
export function cueFiles({
  intake: { score, preprocessing },
  images,
  files,
  answers,
  environment,
}: Pick<Facts, 'intake' | 'images' | 'files' | 'answers'> & Pick<StageWork, 'environment'>): CueFiles {
  if (isUndecided(score)) return { own: [], others: [] };
  const ownPaths = new Set(
    answers.filter(({ index }) => isExplained(score, index)).map(({ at }) => files[at].path),
  );
  const own = [...images.keys()].filter((image) => ownPaths.has(images[image].path));
  const elsewhere = new Map<number, FileFact[]>();
  for (const { at, index } of answers) {
    if (isExplained(score, index)) continue;
    elsewhere.set(index, [...(elsewhere.get(index) ?? []), files[at]]);
  }
  const { width, height } = frameOf(preprocessing.preprocessing);
  const bytes = 2 * 4 * channelCount(preprocessing.preprocessing) * width * height;
  const held = Math.floor(environment.memoryBudget / MEMORY_SHARE / bytes);
  const most = Math.min(MOST_PICTURES, Math.max(FEW_PICTURES, held));
  const chosen = spreadPlaces(own.length, most).map((place) => own[place]);
  return {
    // Every second one first, so that the first half is spread over all of them too.
    own: [...chosen.filter((_, i) => i % 2 === 0), ...chosen.filter((_, i) => i % 2 === 1)],
    others: evenly([...elsewhere.values()], most),
  };
}

/** One of each group by turns, those of a group spread over it; at most so many. */
function evenly<Item>(groups: readonly (readonly Item[])[], most: number): Item[] {
  const shares = new Array<number>(groups.length).fill(0);
  const sizes = groups.map(({ length }) => length);
  const total = Math.min(
    most,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  for (let given = 0, at = 0; given < total; at = (at + 1) % groups.length) {
    if (shares[at] < sizes[at]) {
      shares[at]++;
      given++;
    }
  }
  const spread = groups.map((group, i) => spreadPlaces(group.length, shares[i]).map((place) => group[place]));
  return Array.from({ length: Math.max(0, ...shares) }, (_, turn) =>
    spread.flatMap((group) => group.slice(turn, turn + 1)),
  ).flat();
}

/** Pictures as the model takes them. */
export interface CuePictures {
  readonly own: readonly Float32Array[];
  readonly others: readonly Float32Array[];
  readonly layout: PictureLayout;
  /** Pictures as one input of the model. */
  readonly batch: (pictures: readonly Float32Array[]) => Tensor<'float32'>;
}

/** Where grey lies among the values of a picture in colour. */
function greysOf({ mean, std, scale }: Preprocessing): Pick<PictureLayout, 'grey'> {
  if (mean.length !== 3) return {};
  const black = mean.map((value, channel) => -value / std[channel]);
  const white = std.map((value) => 255 / scale / value);
  return { grey: { black, white } };
}

/** Reads the pictures of both sides. Throws 'bad-image' for one that can no longer be read. */
export async function readCuePictures(
  { environment, intake, images }: Pick<StageWork, 'environment'> & Pick<Facts, 'intake' | 'images'>,
  { own, others }: CueFiles,
): Promise<CuePictures> {
  const { preprocessing } = intake.preprocessing;
  const files = [...own.map((image) => images[image]), ...others];
  const { data, dims } = requireAll(await readBatch(environment.codec, files, preprocessing));
  const item = dims.slice(1);
  const size = sizeOf(item);
  const [channels, height, width] = preprocessing.layout === 'NCHW' ? item : [item[2], item[0], item[1]];
  const all = files.map((_, i) => data.subarray(i * size, (i + 1) * size));
  return {
    own: all.slice(0, own.length),
    others: all.slice(own.length),
    layout: { channels, height, width, layout: preprocessing.layout, ...greysOf(preprocessing) },
    batch(pictures) {
      const joined = new Float32Array(pictures.length * size);
      pictures.forEach((picture, i) => joined.set(picture, i * size));
      return float32(joined, [pictures.length, ...item]);
    },
  };
}
