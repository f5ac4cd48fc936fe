import { TesseraError } from '../../core/errors.ts';
import type { OwnConceptItem, WorkbenchApi } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** Own concepts over the demo's run: one is made at once, of whatever examples; a name with "random" is none. */
export function fakeOwn({
  run,
  coverOf,
  cropId,
  boxOf,
  placesOf,
}: DemoRunReader): Pick<
  WorkbenchApi,
  'listOwnConcepts' | 'makeOwnConcept' | 'showOwnConcept' | 'chooseConceptFolder' | 'findAlikeCrops'
> {
  const made: OwnConceptItem[] = [];
  const gone = new Set<string>();
  const list = () => made.filter(({ id }) => !gone.has(id));
  const [first] = run.concepts;
  return {
    listOwnConcepts: () => Promise.resolve(list()),
    makeOwnConcept({ name, examples }) {
      const { images = [], crops = [], folder } = examples;
      const count = folder === undefined ? images.length + crops.length : 24;
      if (count < 5) {
        const message = `"${name}" takes examples from at least 5 different pictures; got ${count}.`;
        return Promise.reject(new TesseraError('bad-usage', message, { hint: 'Add more examples.' }));
      }
      const isDistinct = !name.includes('random');
      made.push({
        id: `own-${made.length + 1}`,
        name,
        examples: {
          count,
          kind: crops.length > 0 ? 'crop' : 'picture',
          ...(folder !== undefined && { folder }),
        },
        others: { count: 22, from: 'explained' },
        accuracy: {
          value: isDistinct ? 0.95 : 0.48,
          low: 0.4,
          high: 0.98,
          median: 0.5,
          p: isDistinct ? 0.01 : 0.6,
        },
        isDistinct,
        sets: 99,
        tcav: { value: 1, low: 0.91, high: 1, median: 0.6, p: 0.02, isDistinct: true },
        isLinear: false,
        images: 37,
        flips: 15,
        nearest: { name: first.name, cosine: 0.98 },
        spanned: 0.99,
        loses: { name: first.name, before: first.importance.mean, after: 0.01 },
        importance: first.importance,
        effect: 3,
        prevalence: 1,
        cover: coverOf(0),
      });
      return Promise.resolve(list());
    },
    showOwnConcept({ concept, isShown }) {
      if (isShown) gone.delete(concept);
      else gone.add(concept);
      return Promise.resolve(list());
    },
    chooseConceptFolder: () => Promise.resolve('/photos/stripes'),
    findAlikeCrops: ({ limit }) =>
      Promise.resolve(
        placesOf(0, 'strongest')
          .slice(0, limit)
          .map(({ image, position }, place) => ({
            image,
            box: boxOf(position),
            similarity: 1 - place / 100,
            crop: cropId(image, position),
            context: cropId(image, position),
          })),
      ),
  };
}
