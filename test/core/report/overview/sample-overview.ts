import type { ModelOverview } from '../../../../core/report/overview/overview-data.ts';

/** A whole model of so many classes and concepts, each class leaning on one concept; the first has a shortcut. */
export function sampleOverview(classes: number, concepts: number, name = 'kind'): ModelOverview {
  const bank = { id: 'b', layer: 'relu', concepts, classes, newest: '2026-11-30T10:00:00.000Z' };
  const own = (at: number): number => at % concepts;
  return {
    bank,
    banks: [bank],
    names: Array.from({ length: classes }, (_, at) => `${name} ${at}`),
    classes: Array.from({ length: classes }, (_, at) => ({
      index: at,
      name: `${name} ${at}`,
      runId: `run${at}`,
      images: 20,
      right: { value: 0.95, low: 0.8, high: 0.99, images: 20 },
      rest: { mean: 0.02, low: 0.01, high: 0.03 },
      grade: 'good' as const,
      headline: 'The explanation holds up',
      shortcuts: [],
      files: [],
      crops: new Map(),
    })),
    concepts: Array.from({ length: concepts }, (_, concept) => ({
      id: `c${concept}`,
      name: `Concept ${concept + 1}`,
      importance: Array.from({ length: classes }, (__, at) => {
        const mean = own(at) === concept ? 0.6 : 0.001;
        return { mean, low: mean / 2, high: Math.min(1, mean * 1.2) };
      }),
      countsFor: Array.from({ length: classes }, (__, at) => at).filter((at) => own(at) === concept),
      cover: { runId: 'run0', crops: [] },
    })),
    conceptNames: Object.fromEntries(
      Array.from({ length: concepts }, (_, concept) => [`c${concept}`, `Concept ${concept + 1}`]),
    ),
    hidden: [],
    unexplained: [],
    apart: [],
    answers: { known: 20 * classes, hits: 19 * classes },
    confused: [],
    left: [],
  };
}
