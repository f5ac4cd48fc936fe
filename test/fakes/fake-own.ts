import { TesseraError } from '../../core/errors.ts';
import type { ConceptEdit, OwnConceptItem, OwnConceptList, WorkbenchApi } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** Own concepts over the demo's run: one is made at once, of whatever examples; a name with "random" is none. */
export function fakeOwn(
  { run, coverOf, cropId, boxOf, placesOf }: DemoRunReader,
  isPending: boolean,
): Pick<
  WorkbenchApi,
  | 'listOwnConcepts'
  | 'makeOwnConcept'
  | 'computeOwnConcept'
  | 'showOwnConcept'
  | 'chooseConceptFolder'
  | 'findAlikeCrops'
> & { readonly note: (edit: ConceptEdit) => void } {
  let made: OwnConceptItem[] = [];
  let pending: OwnConceptList['pending'] = isPending
    ? [{ id: 'own-9', name: 'a fence', madeIn: 'run2' }]
    : [];
  const gone = new Set<string>();
  const list = (): OwnConceptList => ({ concepts: made.filter(({ id }) => !gone.has(id)), pending });
  const [first] = run.concepts;
  const make: WorkbenchApi['makeOwnConcept'] = ({ name, examples }) => {
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
      givenName: name,
      comment: '',
      isHidden: false,
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
  };
  return {
    note(edit) {
      made = made.map((one) => {
        if (!('concept' in edit) || edit.concept !== one.id) return one;
        if (edit.kind === 'rename') return { ...one, name: edit.name };
        if (edit.kind === 'comment') return { ...one, comment: edit.text };
        return { ...one, isHidden: edit.kind === 'hide' };
      });
    },
    listOwnConcepts: () => Promise.resolve(list()),
    async computeOwnConcept({ concept }) {
      const found = pending.find(({ id }) => id === concept)!;
      pending = [];
      await make({ project: 'p1', runId: 'run1', name: found.name, examples: { folder: '/fences' } });
      made = made.map((one) => (one.name === found.name ? { ...one, id: concept } : one));
      return list();
    },
    makeOwnConcept: make,
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
