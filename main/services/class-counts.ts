import type { ClassCounts, ModelSummary } from '../api/contract.ts';
import { expectedClasses } from '../compute/expected-class.ts';
import { pictureId } from '../compute/picture-ids.ts';
import type { Predictions } from '../compute/protocol.ts';
import { askedOf, type SetupState } from './setup-state.ts';

/**
 * What a model says of pictures, each with a picture of it ({@link typicalImages}). Of several classes those that it gives, the most
 * frequent first, or in the order in which they came while there are pictures that it was not asked about, so that none
 * moves under a hand; of sides and labels all that can be asked for.
 */
export function classCounts(state: SetupState, answers: Predictions): ClassCounts {
  const { scanKey, scan, model } = state;
  const { images, skipped } = answers;
  const counts = new Map<number, number>();
  const holding = holdingOf(model, answers);
  images.forEach((_, i) => {
    for (const index of holding?.(i) ?? []) counts.set(index, (counts.get(index) ?? 0) + 1);
  });
  const shown = typicalImages(state, images, holding);
  const of = scan?.images.length ?? 0;
  const isComplete = images.length + skipped.length >= of;
  return {
    asked: askedOf(state) ?? '',
    of,
    classes: listed(model, counts, isComplete).map((index) => {
      const first = shown.get(index);
      return {
        index,
        name: model?.classNames[index] ?? `class ${index}`,
        count: holding === undefined ? null : (counts.get(index) ?? 0),
        picture: first === undefined ? null : pictureId({ kind: 'file', scan: scanKey, index: first }),
      };
    }),
    images: images.length,
    skipped,
  };
}

/**
 * The image that stands for a class: the first that its folder and the model call so; without one the first of its
 * folder, then one whose folder names no class, and only then one that is called so by mistake.
 */
function typicalImages(
  { scan, model }: SetupState,
  images: readonly number[],
  holding: ReturnType<typeof holdingOf>,
): ReadonlyMap<number, number> {
  const expected = expectedClasses(model?.classNames ?? []);
  const [right, ofFolder, unknown, mistaken] = [0, 1, 2, 3].map(() => new Map<number, number>());
  const add = (to: Map<number, number>, index: number, image: number): void => {
    if (!to.has(index)) to.set(index, image);
  };
  images.forEach((image, i) => {
    const own = expected(scan?.images[image]?.path ?? '')?.index;
    const said = holding?.(i) ?? [];
    for (const index of said)
      add(own === undefined ? unknown : index === own ? right : mistaken, index, image);
    if (own !== undefined) add(ofFolder, own, image);
  });
  return new Map([...mistaken, ...unknown, ...ofFolder, ...right]);
}

function listed(
  model: ModelSummary | null,
  counts: ReadonlyMap<number, number>,
  isComplete: boolean,
): readonly number[] {
  const isOfClasses = (model?.scores?.task ?? 'multiclass') === 'multiclass';
  if (model !== null && !isOfClasses) return [...model.classNames.keys()];
  const found = [...counts];
  if (isComplete) found.sort(([, a], [, b]) => b - a);
  return found.map(([index]) => index);
}

/**
 * What of a model's askable names holds for each picture, by its place in the answers: a class, a side, or of every label
 * whether it holds or not. Undefined for likenesses, whose reference is only looked at in a run.
 */
export function holdingOf(
  model: ModelSummary | null,
  { predicted, held = [] }: Predictions,
): ((picture: number) => readonly number[]) | undefined {
  const { task = 'multiclass', threshold } = model?.scores ?? {};
  switch (task) {
    case 'multiclass':
    case 'binary':
      return (i) => [predicted[i].index];
    case 'multilabel': {
      const labels = model!.classNames.length / 2;
      return (i) =>
        Array.from({ length: labels }, (_, label) => (held[i]?.includes(label) ? label : labels + label));
    }
    case 'regression': {
      const values = predicted.map(({ value = NaN }) => value);
      // As a run splits it, see settle-score.ts.
      const at = threshold ?? values.reduce((sum, value) => sum + value / values.length, 0);
      return (i) => [Number(values[i] >= at)];
    }
    case 'embedding':
      return undefined;
  }
}
