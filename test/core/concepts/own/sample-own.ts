import type { NewOwnConcept } from '../../../../core/project/own-concepts-file.ts';
import { matrix } from '../../../../core/linalg/matrix.ts';
import type { OwnConcept, StoredOwnConcept } from '../../../../core/concepts/own/own-concept.ts';

/** An own concept of a run of one concept, c0, that explains one image. */
export function sampleOwn(changes: Partial<OwnConcept> = {}): StoredOwnConcept {
  return {
    concept: {
      id: 'own-1',
      name: 'stripes',
      examples: [{ file: '/stripes/a.jpg', sha256: 'ab'.repeat(32) }],
      folder: '/stripes',
      others: { count: 40, from: 'given' },
      accuracy: { value: 0.93, low: 0.85, high: 0.96, median: 0.5, p: 0.01 },
      sets: 99,
      tcav: { value: 0.8, low: 0.7, high: 0.9, median: 0.5, p: 0.02 },
      isLinear: false,
      importance: { mean: 0.3, low: 0.2, high: 0.4 },
      effect: 1.5,
      rest: { mean: 0.05, low: 0.04, high: 0.06 },
      prevalence: 1,
      flips: [{ image: 0, to: { index: 1, name: 'car' } }],
      overlap: {
        nearest: { concept: 'c0', cosine: 0.9 },
        spanned: 0.95,
        found: [{ concept: 'c0', importance: { mean: 0.1, low: 0.05, high: 0.15 } }],
      },
      crops: [{ image: 0, box: [0, 0, 36, 36], coefficient: 2 }],
      ...changes,
    },
    tensors: {
      direction: Float32Array.of(0.6, 0.8),
      border: 1.5,
      usual: -0.5,
      amounts: [Float32Array.of(0, 1, 2, 3)],
      imageImportance: Float64Array.of(0.3),
    },
  };
}

/** The same as it is kept when it is new. */
export function newOwn(changes: Partial<OwnConcept> = {}): NewOwnConcept {
  const { concept, tensors } = sampleOwn(changes);
  const { name, examples, folder = '', others, accuracy, sets } = concept;
  const { direction, border, usual } = tensors;
  return {
    concept,
    tensors,
    definition: {
      concept: { name, madeIn: 'run1', examples, folder, others, accuracy, sets },
      direction: { direction, border, usual },
      probes: matrix(2, 2, Float32Array.of(0.6, 0.8, 1, 0)),
    },
  };
}
