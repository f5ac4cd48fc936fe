import { createHash } from 'node:crypto';
import type { RgbImage } from '../../../../core/platform.ts';
import { createRandom, type Random } from '../../../../core/random.ts';
import { overlayMap } from '../../../../core/report/rgb-picture.ts';
import type {
  FrozenStudy,
  Panel,
  StudyMaterial,
  StudyPicture,
  UtilityItem,
} from '../../../../core/study/study.ts';
import { viewOf, type PictureView } from '../../../../core/study/simulated/picture-view.ts';

const SIDE = 96;
const MARK = 20;

/** A picture of blobs on a plain ground, and where its mark is, if it has one. */
interface Scene {
  readonly image: RgbImage;
  readonly mark: readonly [left: number, top: number] | undefined;
}

function scene(random: Random, hasMark: boolean): Scene {
  const data = new Uint8Array(SIDE * SIDE * 3);
  const ground = [0, 1, 2].map(() => 60 + random.integer(150));
  for (let i = 0; i < data.length; i++) data[i] = ground[i % 3];
  for (let blob = 0; blob < 5; blob++) {
    const colour = [0, 1, 2].map(() => 40 + random.integer(190));
    const [x, y, radius] = [random.integer(SIDE), random.integer(SIDE), 6 + random.integer(12)];
    paint(data, (column, row) => (Math.hypot(column - x, row - y) < radius ? colour : undefined));
  }
  if (!hasMark) return { image: { width: SIDE, height: SIDE, data }, mark: undefined };
  const mark = [random.integer(SIDE - MARK), random.integer(SIDE - MARK)] as const;
  paint(data, (column, row) => markAt(column - mark[0], row - mark[1]));
  return { image: { width: SIDE, height: SIDE, data }, mark };
}

/** A cross on a white disk. */
function markAt(x: number, y: number): readonly number[] | undefined {
  const [dx, dy] = [x - MARK / 2, y - MARK / 2];
  if (Math.hypot(dx, dy) > MARK / 2) return undefined;
  return Math.min(Math.abs(dx), Math.abs(dy)) < 3 ? [160, 0, 90] : [250, 250, 250];
}

function paint(
  data: Uint8Array,
  colourAt: (column: number, row: number) => readonly number[] | undefined,
): void {
  for (let cell = 0; cell < SIDE * SIDE; cell++) {
    const colour = colourAt(cell % SIDE, Math.floor(cell / SIDE));
    if (colour) data.set(colour, 3 * cell);
  }
}

/**
 * A study in which a small mark anywhere in a picture decides the answer: `map` shows where it is, `concepts` a gallery of it,
 * `concept-maps` also that it adds to the first answer; `wrong-map` shows a place without it.
 */
export function markedStudy(seed: number): {
  readonly frozen: FrozenStudy;
  readonly views: (sha256: string) => PictureView;
} {
  const random = createRandom(seed);
  const views = new Map<string, PictureView>();
  const keep = (image: RgbImage): StudyPicture => {
    const sha256 = createHash('sha256').update(image.data).digest('hex');
    views.set(sha256, viewOf(image));
    return { sha256, extension: 'png', width: image.width, height: image.height, alt: 'A picture' };
  };
  const items: UtilityItem[] = [];
  const add = (count: number): string[] =>
    Array.from({ length: count }, () => {
      const answer = (items.length % 2) as 0 | 1;
      const { image, mark } = scene(random, answer === 0);
      const item: UtilityItem = {
        id: `p${items.length + 1}`,
        picture: keep(image),
        source: { file: `/images/${items.length}.png`, sha256: String(items.length) },
        answer,
        margin: 1,
        stratum: 0,
        isMistake: null,
        shown: shownOf(image, mark, keep),
      };
      items.push(item);
      return item.id;
    });
  const session = (train: number, test: number) => ({ train: add(train), test: add(test) });
  const practice = session(4, 2);
  const sessions = [session(6, 10), session(6, 10)];
  const gallery: Panel = {
    kind: 'gallery',
    concept: 'c0',
    title: 'Mark',
    crops: Array.from({ length: 4 }, () => keep(cropOf(scene(random, true)))),
  };
  const material: StudyMaterial = {
    kind: 'utility',
    answers: ['marked', 'plain'],
    scenario: 'all',
    items,
    sessions,
    practice,
    legend: { control: [], map: [], 'wrong-map': [], concepts: [gallery], 'concept-maps': [gallery] },
  };
  return {
    frozen: { study: studyOf(material, seed), sha256: 'ab'.repeat(32) },
    views: (sha256) => views.get(sha256)!,
  };
}

function studyOf(material: StudyMaterial, seed: number): FrozenStudy['study'] {
  return {
    schemaVersion: 1,
    id: 'study1',
    title: 'Marks',
    frozen: '2026-11-30T12:00:00.000Z',
    versions: {},
    runs: [{ id: 'run1', sha256: 'cd'.repeat(32), className: 'marked' }],
    material,
    conditions: ['control', 'map', 'wrong-map', 'concepts', 'concept-maps'],
    contrast: { condition: 'concept-maps', against: 'control' },
    participants: 10,
    seed,
    rules: { quizTries: 2, leastCatchShare: 0.5, leastMedianMs: 1000 },
    consent: 'None is needed.',
  };
}

function shownOf(
  image: RgbImage,
  mark: Scene['mark'],
  keep: (image: RgbImage) => StudyPicture,
): Record<string, readonly Panel[]> {
  const mapAt = (left: number, top: number, strength: number): Panel => {
    const values = Float32Array.from({ length: SIDE * SIDE }, (_, cell) => {
      const [x, y] = [(cell % SIDE) - left, Math.floor(cell / SIDE) - top];
      return strength * Math.exp(-(x * x + y * y) / 120);
    });
    const picture = keep(overlayMap(image, { values, grid: [SIDE, SIDE] }, 1));
    return { kind: 'map', title: 'Map', picture };
  };
  const centre = MARK / 2;
  const right = mark ? mapAt(mark[0] + centre, mark[1] + centre, 1) : mapAt(48, 48, 0.1);
  const wrong = mark ? mapAt((mark[0] + 48) % SIDE, (mark[1] + 48) % SIDE, 1) : mapAt(48, 48, 0.1);
  const adds = mark ? 3 : 0.1;
  const amounts: Panel = {
    kind: 'amounts',
    title: 'Concepts',
    rows: [{ concept: 'c0', name: 'Mark', amount: mark ? 0.9 : 0.05, contribution: adds }],
  };
  return { control: [], map: [right], 'wrong-map': [wrong], concepts: [], 'concept-maps': [right, amounts] };
}

function cropOf({ image, mark }: Scene): RgbImage {
  const side = 28;
  const [left, top] = mark!.map((at) => Math.min(SIDE - side, Math.max(0, at - 4)));
  const data = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++)
    data.set(
      image.data.subarray(3 * ((top + row) * SIDE + left), 3 * ((top + row) * SIDE + left + side)),
      3 * row * side,
    );
  return { width: side, height: side, data };
}
