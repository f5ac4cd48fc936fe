import { createHash } from 'node:crypto';
import type { ImageCodec } from '../../../core/platform.ts';
import type { StudyContent } from '../../../core/project/study-folder.ts';
import type {
  AmountRow,
  ChoiceItem,
  IntruderItem,
  Panel,
  Study,
  StudyPicture,
  UtilityItem,
  UtilitySession,
} from '../../../core/study/study.ts';

/*
 * Small studies of plain coloured pictures, which no run was needed for: reddish ones are called "ship", bluish ones "house".
 */

/** A study ready to be frozen, with the bytes of its pictures by their hash. */
export interface ExampleStudy {
  readonly content: StudyContent;
  readonly pictures: ReadonlyMap<string, Uint8Array>;
}

/** Sizes of the example of kind utility. */
export interface ExampleSizes {
  readonly conditions?: readonly string[];
  readonly sessions?: number;
  readonly train?: number;
  readonly test?: number;
  readonly seed?: number;
  /** Side of the pictures in pixels. */
  readonly side?: number;
}

/** Makes pictures; without a codec their bytes are no picture files, for tests that show none. */
class Painter {
  readonly pictures = new Map<string, Uint8Array>();
  readonly #codec: Pick<ImageCodec, 'encodePng'> | undefined;
  readonly #side: number;

  constructor(codec: Pick<ImageCodec, 'encodePng'> | undefined, side: number) {
    this.#codec = codec;
    this.#side = side;
  }

  /** A picture of one colour, with a dark square whose place the number says, so that no two are equal. */
  async paint(number: number, colour: readonly [number, number, number], alt: string): Promise<StudyPicture> {
    const side = this.#side;
    const bytes = this.#codec
      ? await this.#codec.encodePng({ width: side, height: side, data: pixels(side, number, colour) })
      : new TextEncoder().encode(`${number} ${colour.join(' ')}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.pictures.set(sha256, bytes);
    return { sha256, extension: 'png', width: side, height: side, alt };
  }
}

function pixels(side: number, number: number, colour: readonly number[]): Uint8Array {
  const data = new Uint8Array(side * side * 4);
  const cell = side / 8;
  for (let at = 0; at < side * side; at++) {
    const [column, row] = [Math.floor((at % side) / cell), Math.floor(Math.floor(at / side) / cell)];
    const isDark = row * 8 + column === number % 64 || (number >= 64 && row === 7 && column === number >> 6);
    data.set(isDark ? [20, 20, 20, 255] : [...colour, 255], at * 4);
  }
  return data;
}

const RED = [200, 80, 60] as const;
const BLUE = [60, 90, 200] as const;
const GREEN = [70, 160, 80] as const;

function common(seed: number): Omit<StudyContent, 'material' | 'conditions' | 'contrast'> {
  return {
    title: 'Ships and houses',
    versions: { tessera: '0.0.0' },
    runs: [{ id: 'run1', sha256: 'ab'.repeat(32), className: 'ship' }],
    participants: 3,
    seed,
    rules: { quizTries: 2, leastCatchShare: 0.5, leastMedianMs: 1000 },
    consent: 'You take part of your own free will and may stop at any time.',
  };
}

/** Pictures that are called ship or house, learnt with what the conditions show (all kinds of panels), then predicted. */
export async function exampleUtility(
  {
    conditions = ['control', 'grad-cam', 'concept-maps'],
    sessions = 3,
    train = 4,
    test = 4,
    seed = 7,
    side = 64,
  }: ExampleSizes = {},
  codec?: Pick<ImageCodec, 'encodePng'>,
): Promise<ExampleStudy> {
  const painter = new Painter(codec, side);
  const gallery = await galleryPanel(painter);
  const items: UtilityItem[] = [];
  const add = async (count: number, isLearnt: boolean): Promise<string[]> => {
    const ids: string[] = [];
    for (let at = 0; at < count; at++) {
      const item = await utilityItem(painter, items.length, isLearnt ? conditions : []);
      items.push(item);
      ids.push(item.id);
    }
    return ids;
  };
  const session = async (): Promise<UtilitySession> => ({
    train: await add(train, true),
    test: await add(test, false),
  });
  const practice = { train: await add(4, true), test: await add(2, false) };
  const all: UtilitySession[] = [];
  for (let at = 0; at < sessions; at++) all.push(await session());
  const legend = Object.fromEntries(
    conditions.map((name) => [name, name.startsWith('concept') ? [gallery] : []] as const),
  );
  const [against, condition] = [conditions[0], conditions.at(-1)!];
  return {
    content: {
      ...common(seed),
      material: {
        kind: 'utility',
        answers: ['house', 'ship'],
        scenario: 'all',
        items,
        sessions: all,
        practice,
        legend,
      },
      conditions,
      contrast: conditions.length > 1 ? { condition, against } : null,
    },
    pictures: painter.pictures,
  };
}

async function utilityItem(
  painter: Painter,
  number: number,
  conditions: readonly string[],
): Promise<UtilityItem> {
  const answer = (number % 2) as 0 | 1;
  const shown: Record<string, Panel[]> = {};
  for (const name of conditions) shown[name] = await panelsOf(painter, name, number);
  return {
    id: `p${number + 1}`,
    picture: await painter.paint(number, answer === 1 ? RED : BLUE, `Picture ${number + 1}`),
    source: {
      file: `/images/${number + 1}.png`,
      sha256: createHash('sha256').update(String(number)).digest('hex'),
    },
    answer,
    margin: 0.5 + (number % 6),
    stratum: (Math.floor(number / 2) % 3) as 0 | 1 | 2,
    isMistake: null,
    shown,
  };
}

async function panelsOf(painter: Painter, condition: string, number: number): Promise<Panel[]> {
  if (condition === 'control' || condition === 'concepts') return [];
  const map: Panel = {
    kind: 'map',
    title: condition === 'concept-maps' ? 'Red hull' : condition,
    picture: await painter.paint(number, GREEN, `Map over picture ${number + 1}`),
  };
  const rows: AmountRow[] = [{ concept: 'c0', name: 'Red hull', amount: 0.6, contribution: 1.25 }];
  return condition === 'concept-maps'
    ? [map, { kind: 'amounts', title: 'Concepts in this picture', rows }]
    : [map];
}

async function galleryPanel(painter: Painter): Promise<Panel> {
  const crops = await Promise.all(
    [90, 91, 92].map((at) => painter.paint(at, RED, `Crop ${at - 89} of Red hull`)),
  );
  return { kind: 'gallery', concept: 'c0', title: 'Red hull', crops };
}

/** Sets of five crops of which the last is of another colour. */
export async function exampleIntruder(
  {
    count = 10,
    seed = 7,
    side = 64,
  }: { readonly count?: number; readonly seed?: number; readonly side?: number } = {},
  codec?: Pick<ImageCodec, 'encodePng'>,
): Promise<ExampleStudy> {
  const painter = new Painter(codec, side);
  const items: IntruderItem[] = [];
  for (let set = 0; set < count; set++) {
    const crops: StudyPicture[] = [];
    for (let at = 0; at < 5; at++) {
      const colour = (set % 2 === 0) === (at === 4) ? BLUE : RED;
      crops.push(await painter.paint(5 * set + at, colour, 'A crop'));
    }
    const [concept, intruderConcept] = set % 2 === 0 ? ['c0', 'c1'] : ['c1', 'c0'];
    items.push({
      id: `i${set + 1}`,
      concept,
      name: concept === 'c0' ? 'Red hull' : 'Blue roof',
      isPart: false,
      crops,
      intruderConcept,
    });
  }
  return {
    content: { ...common(seed), material: { kind: 'intruder', items }, conditions: ['all'], contrast: null },
    pictures: painter.pictures,
  };
}

/** Pairs of galleries of a concept and its part. */
export async function exampleChoice(
  {
    count = 6,
    seed = 7,
    side = 64,
  }: { readonly count?: number; readonly seed?: number; readonly side?: number } = {},
  codec?: Pick<ImageCodec, 'encodePng'>,
): Promise<ExampleStudy> {
  const painter = new Painter(codec, side);
  const items: ChoiceItem[] = [];
  for (let pair = 0; pair < count; pair++) {
    const gallery = (first: number, colour: typeof RED | typeof BLUE): Promise<StudyPicture[]> =>
      Promise.all([0, 1, 2].map((at) => painter.paint(first + at, colour, 'A crop')));
    items.push({
      id: `b${pair + 1}`,
      concept: 'c0',
      name: 'Red hull',
      part: `c0-${pair}`,
      partName: `Red hull, part ${pair + 1}`,
      galleries: [await gallery(3 * pair, RED), await gallery(3 * pair, BLUE)],
    });
  }
  return {
    content: { ...common(seed), material: { kind: 'choice', items }, conditions: ['all'], contrast: null },
    pictures: painter.pictures,
  };
}

/** The study as it would be read from its folder, without one. */
export function asStudy({ content }: ExampleStudy): Study {
  return { schemaVersion: 1, id: 'study1', frozen: '2026-11-30T12:00:00.000Z', ...content };
}
