import type { Panel, StudyMaterial, StudyPicture, UtilityItem } from '../study.ts';
import {
  commonDetails,
  detailFinder,
  squareAtMost,
  type CommonDetails,
  type Detail,
  type FindDetail,
} from './detail-finder.ts';
import { COARSE_SIDE, FINE_SIDE, type PictureView } from './picture-view.ts';
import { readShownMap } from './shown-map.ts';

/** What a participant makes of a picture, to be compared with what was made of those that were learnt. */
export type Features = (item: UtilityItem) => readonly number[];

/** Turns what a condition shows of learnt pictures into features of any picture. */
export type FeatureMaker = (condition: string, learnt: readonly UtilityItem[]) => Features;

/** A map must reach this share of its scale for its brightest place to say anything. */
const BRIGHT = 0.25;
/** Side, in cells of the fine look, of the square under a map's brightest place. */
const PATCH_SIDE = 18;

type Utility = Extract<StudyMaterial, { kind: 'utility' }>;
type Views = (sha256: string) => PictureView;

/** Reads the map that is laid over a picture; each is read once. */
export type MapReader = (picture: StudyPicture, overlay: StudyPicture) => Float32Array;

/** Opens a reader over pictures by their hash. */
export function mapReader(views: Views): MapReader {
  const known = new Map<string, Float32Array>();
  return (picture, overlay) => {
    const map = known.get(overlay.sha256) ?? readShownMap(views(picture.sha256), views(overlay.sha256));
    known.set(overlay.sha256, map);
    return map;
  };
}

/**
 * Features by what is shown alone: of `control` the colours of a picture; of a map method how like the squares under bright
 * places of the maps its likest places are, for either answer; of `concepts` how like each gallery; of `concept-maps` the sum
 * of the concepts found, by what was said that their amounts add. The pictures that are asked about have nothing but their
 * pixels.
 */
export function featureMaker({ legend }: Utility, views: Views, mapOf: MapReader): FeatureMaker {
  const find = detailFinder(views);
  const common = commonDetails();
  const galleries = new Map(
    Object.values(legend)
      .flat()
      .flatMap((panel) =>
        panel.kind === 'gallery' ? [[nameOf(panel), galleryOf(panel, views, common)]] : [],
      ),
  );
  return (condition, learnt) => {
    const shown = legend[condition].flatMap((panel) =>
      panel.kind === 'gallery' ? [galleries.get(nameOf(panel))!] : [],
    );
    if (shown.length > 0) {
      const likeness = galleryLikeness(shown, learnt, find);
      return hasAmounts(condition, learnt) ? evidence(condition, learnt, shown, likeness) : likeness;
    }
    const seen = patchesOf(condition, learnt, { views, mapOf, common });
    if (seen.length === 0) return ({ picture }) => [...views(picture.sha256).coarse];
    return patchLikeness(seen, find);
  };
}

type GalleryPanel = Extract<Panel, { kind: 'gallery' }>;

/** What the crops of a concept have in common, at each size that they may have in a picture. */
interface Gallery {
  readonly concept: string;
  readonly name: string;
  readonly bySize: readonly (readonly Detail[])[];
}

function nameOf({ concept, title }: GalleryPanel): string {
  return `${concept} ${title}`;
}

function galleryOf(panel: GalleryPanel, views: Views, common: CommonDetails): Gallery {
  const crops = panel.crops.map(({ sha256 }) => views(sha256).asCrop);
  return {
    concept: panel.concept,
    name: panel.title,
    bySize: crops[0].map((_, size) => {
      const squares = crops.map((crop, at) => ({
        key: `${nameOf(panel)} ${size} ${at}`,
        pixels: crop[size],
      }));
      return common(squares).filter((detail) => detail !== undefined);
    }),
  };
}

/**
 * By concept the second best likeness among its crops: the best may be the very picture that the crop is from. The size is
 * the one at which the concept was found best in the pictures that were learnt.
 */
function galleryLikeness(
  galleries: readonly Gallery[],
  learnt: readonly UtilityItem[],
  find: FindDetail,
): Features {
  const likeness = (details: readonly Detail[], { picture }: UtilityItem): number => {
    const found = details.map((detail) => find(detail, picture.sha256)).sort((a, b) => b - a);
    return found[1] ?? found[0] ?? 0;
  };
  const chosen = galleries.map(({ bySize }) => {
    const best = bySize.map((details) =>
      topMean(
        learnt.map((item) => likeness(details, item)),
        3,
      ),
    );
    return bySize[best.indexOf(Math.max(...best))];
  });
  return (item) => chosen.map((details) => likeness(details, item));
}

/** Mean of the largest values; 0 of none. */
function topMean(values: readonly number[], count: number): number {
  const top = [...values].sort((a, b) => b - a).slice(0, count);
  return top.length === 0 ? 0 : top.reduce((sum, value) => sum + value / top.length, 0);
}

function hasAmounts(condition: string, learnt: readonly UtilityItem[]): boolean {
  return learnt.some(({ shown }) => shown[condition].some(({ kind }) => kind === 'amounts'));
}

/** One number: for each concept what it adds a unit of likeness, by the rows that were shown, times how like the picture is. */
function evidence(
  condition: string,
  learnt: readonly UtilityItem[],
  galleries: readonly Gallery[],
  likeness: Features,
): Features {
  const rows = learnt.map(({ shown }) =>
    shown[condition].flatMap((panel) => (panel.kind === 'amounts' ? panel.rows : [])),
  );
  const seen = learnt.map(likeness);
  const lines = galleries.map(({ concept, name }, at) => {
    const pairs = rows.flatMap((own, i) => {
      const adds = own.find((row) => row.concept === concept && row.name === name)?.contribution;
      return adds === undefined || adds === null ? [] : [[seen[i][at], adds] as const];
    });
    return fittedLine(pairs);
  });
  return (item) => {
    const found = likeness(item);
    return [lines.reduce((sum, line, at) => sum + line(found[at]), 0)];
  };
}

/** Least squares through points (x, y), kept between the least and most y that were seen. */
function fittedLine(points: readonly (readonly [x: number, y: number])[]): (x: number) => number {
  if (points.length === 0) return () => 0;
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at] / points.length, 0);
  const [mx, my] = [mean(0), mean(1)];
  const [sxy, sxx] = points.reduce(
    ([xy, xx], [x, y]) => [xy + (x - mx) * (y - my), xx + (x - mx) ** 2],
    [0, 0],
  );
  const slope = sxx > 0 ? sxy / sxx : 0;
  const ys = points.map(([, y]) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  return (x) => Math.min(high, Math.max(low, my + slope * (x - mx)));
}

/** What the squares under the bright places of the maps of one answer have in common, in the square of one picture. */
interface Patch {
  readonly item: UtilityItem;
  readonly detail: Detail;
}

function patchesOf(
  condition: string,
  learnt: readonly UtilityItem[],
  {
    views,
    mapOf,
    common,
  }: { readonly views: Views; readonly mapOf: MapReader; readonly common: CommonDetails },
): Patch[] {
  return ([0, 1] as const).flatMap((answer) => {
    const squares = learnt.flatMap((item) => {
      const panel = item.shown[condition].find(({ kind }) => kind === 'map');
      if (item.answer !== answer || panel?.kind !== 'map') return [];
      const map = mapOf(item.picture, panel.picture);
      const { pixels, value } = squareAtMost(views(item.picture.sha256), map, PATCH_SIDE);
      return value >= BRIGHT ? [{ item, key: `${condition} ${item.id}`, pixels }] : [];
    });
    const details = common(squares);
    return squares.flatMap(({ item }, at) => {
      const detail = details[at];
      return detail === undefined ? [] : [{ item, detail }];
    });
  });
}

/** For either answer the mean of the two best likenesses to its patches, without a picture's own. */
function patchLikeness(patches: readonly Patch[], find: FindDetail): Features {
  return (item) =>
    ([0, 1] as const).map((answer) =>
      topMean(
        patches
          .filter((patch) => patch.item.answer === answer && patch.item.id !== item.id)
          .map(({ detail }) => find(detail, item.picture.sha256)),
        2,
      ),
    );
}

/**
 * Colours of a picture weighted by where the maps of a condition are bright on the whole; plain colours where it shows none.
 */
export function weightedColours(
  condition: string,
  learnt: readonly UtilityItem[],
  views: Views,
  mapOf: MapReader,
): Features {
  const weights = new Float32Array(COARSE_SIDE * COARSE_SIDE);
  for (const { picture, shown } of learnt)
    for (const panel of shown[condition])
      if (panel.kind === 'map')
        mapOf(picture, panel.picture).forEach((value, cell) => {
          const scale = FINE_SIDE / COARSE_SIDE;
          const [row, column] = [Math.floor(cell / FINE_SIDE), cell % FINE_SIDE];
          weights[Math.floor(row / scale) * COARSE_SIDE + Math.floor(column / scale)] += Math.abs(value);
        });
  const most = weights.reduce((so, value) => Math.max(so, value), 0);
  return ({ picture }) => {
    const { coarse } = views(picture.sha256);
    return [...coarse].map((value, at) => (most > 0 ? (value * weights[Math.floor(at / 3)]) / most : value));
  };
}
