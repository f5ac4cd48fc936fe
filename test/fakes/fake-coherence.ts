import type { ConceptCoherence, WorkbenchApi } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** The check of coherence over the demo's run: of every concept one set, the odd crop in the first place. */
export function fakeCoherence({
  run,
  coverOf,
}: DemoRunReader): Pick<WorkbenchApi, 'listCoherence' | 'drawCoherenceCheck' | 'answerCoherenceSet'> {
  const { concepts } = run;
  const right = new Map<number, boolean>();
  return {
    listCoherence: () =>
      Promise.resolve(
        [...right].map(([set, isFound]): ConceptCoherence => {
          const { id, name } = concepts[set];
          const figures = isFound
            ? { found: 3, value: 1, low: 0.3, high: 1 }
            : { found: 1, value: 0.17, low: -0.18, high: 0.74 };
          return { concept: id, name, asked: 3, ...figures };
        }),
      ),
    drawCoherenceCheck: ({ size }) =>
      Promise.resolve({
        ...{ number: 1, size, answered: right.size },
        sets: concepts.map((_, concept) => [
          coverOf((concept + 1) % concepts.length)[0],
          ...coverOf(concept).slice(0, 4),
        ]),
      }),
    answerCoherenceSet({ set, crop }) {
      right.set(set, crop === 0);
      return Promise.resolve(crop === 0);
    },
  };
}
