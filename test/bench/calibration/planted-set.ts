import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Boxes of planted sets: [x0, y0, x1, y1) in pixels of the picture. */
type Corners = readonly [number, number, number, number];

/** Where a cue is in a picture; `whole` has no place. */
export type Region =
  | { readonly form: 'box'; readonly box: Corners }
  | { readonly form: 'frame'; readonly width: number }
  | { readonly form: 'mask'; readonly file: string }
  | { readonly form: 'whole' };

/** What is known of one picture. */
export interface PictureTruth {
  readonly object: Corners;
  readonly cue: string | null;
  readonly region?: Region;
}

/** What of a truth file the bench reads. */
interface Truth {
  readonly model: string;
  readonly family: string;
  readonly images: string;
  readonly regions: string;
  readonly withoutCue: string;
  readonly architecture: string;
  readonly fault: {
    readonly kind: FaultKind;
    readonly classes: readonly string[];
    readonly cues: readonly string[];
  };
  readonly notPlanted: readonly { readonly cue: string; readonly class: string }[];
  readonly accuracy: Readonly<Record<'unseenWithoutCues' | 'shipped', Accuracy>>;
  readonly holds: boolean;
  readonly holdsOnFresh?: boolean;
}

interface Accuracy {
  /** In per cent. */
  readonly accuracy: number;
  /** How many pictures are called what. */
  readonly predicted: Readonly<Record<string, number>>;
}

/** What was done to a model. */
export type FaultKind = 'none' | 'shortcut' | 'label-noise' | 'memorised-on-noise' | 'untrained';

/** A model of a planted set: see models/planted/README.md for the form of its files. */
export interface PlantedModel {
  readonly folder: string;
  readonly truth: Truth;
  readonly labels: readonly string[];
  /** By CLASS/NN.png. */
  readonly pictures: ReadonlyMap<string, PictureTruth>;
}

/** The models of a folder whose faults were measured to be what they were meant to be, in the order of their names. */
export async function plantedModels(folder: string): Promise<PlantedModel[]> {
  const json = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(path.join(folder, name), 'utf8'));
  const names = (await readdir(folder)).filter((name) => name.endsWith('.truth.json')).sort();
  const all = await Promise.all(
    names.map(async (name): Promise<PlantedModel> => {
      const truth = (await json(name)) as Truth;
      const { labels } = (await json(`${truth.model}.json`)) as { readonly labels: readonly string[] };
      const regions = (await json(truth.regions)) as Readonly<Record<string, PictureTruth>>;
      return { folder, truth, labels, pictures: new Map(Object.entries(regions)) };
    }),
  );
  return all.filter(({ truth }) => truth.holds && truth.holdsOnFresh !== false);
}

/** Pictures that a model has to call a class before that is explained, as long as there is another. */
const ENOUGH = 10;

/**
 * The classes that are explained of a model: the planted one and one without a cue; of a model without a shortcut one
 * whose pictures carry a cue that says nothing, and one without a cue. What the model hardly ever says gives way.
 */
export function classesOf({ truth, labels }: PlantedModel): string[] {
  const { fault, notPlanted, accuracy } = truth;
  const carrying = notPlanted.map(({ class: name }) => name);
  const bare = labels.filter((name) => !fault.classes.includes(name) && !carrying.includes(name));
  const isSaid = (name: string): boolean => accuracy.shipped.predicted[name] >= ENOUGH;
  const [first, second] = [
    [...fault.classes, ...(fault.classes.length === 0 ? carrying : [])],
    [...bare, ...carrying],
  ].map((names) => [...names.filter(isSaid), ...names]);
  return [first[0], second.find((name) => name !== first[0])!];
}
