import type {
  ConfusionStory,
  ErrorAnalysis,
  EvaluationApi,
  OutlierGroup,
  PointedImage,
  RunEvaluation,
  ShortcutItem,
} from '../../main/api/contract.ts';
import fixture from '../fixtures/workbench/demo-evaluation.json' with { type: 'json' };

/** The demo's evaluation, as the workbench would tell it; see SOURCE.md. */
export const demoEvaluation = fixture as unknown as RunEvaluation;

/** The shortcut of the demo, of the concept that carries it. */
export const shortcutsOf = (concept: string): readonly ShortcutItem[] =>
  demoEvaluation.trust.shortcuts.filter((shortcut) => shortcut.concept === concept);

type Pointed = (image: number) => PointedImage;

/** A barn and two lighthouses called house: the demo makes no such mistake on its own pictures. */
const pairsOf = (picture: Pointed): readonly ConfusionStory[] => [
  {
    truth: { index: 3, name: 'lighthouse' },
    predicted: { index: 2, name: 'house' },
    count: 2,
    images: [picture(4), picture(7)],
    reference: 'predicted',
    referenceImages: 21,
    differences: [
      { concept: 'c0', difference: 1.9 },
      { concept: 'c3', difference: -1.2 },
      { concept: 'c5', difference: 0.7 },
    ],
  },
  {
    truth: { index: 0, name: 'barn' },
    predicted: { index: 2, name: 'house' },
    count: 1,
    images: [picture(12)],
    reference: 'predicted',
    referenceImages: 21,
    differences: [{ concept: 'c1', difference: -0.4 }],
  },
];
const outliersOf = (picture: Pointed): readonly OutlierGroup[] => [
  { concept: 'c0', count: 1, images: [{ ...picture(9), score: -4.7 }] },
  {
    concept: 'c9',
    count: 2,
    images: [
      { ...picture(11), score: 4.2 },
      { ...picture(22), score: 4 },
    ],
  },
];

/** The part of the contract about trust; `isEvaluated` says whether the run was. */
export function fakeEvaluation(isEvaluated: boolean, images: readonly PointedImage[]): EvaluationApi {
  const picture: Pointed = (image) => {
    const { fileName, picture: id } = images[image];
    return { image, fileName, picture: id };
  };
  const errors: ErrorAnalysis = {
    known: 24,
    hits: 21,
    pairs: pairsOf(picture),
    outliers: outliersOf(picture),
  };
  let shown: RunEvaluation = isEvaluated ? demoEvaluation : { ...demoEvaluation, figures: null };
  return {
    getEvaluation: () => Promise.resolve(shown),
    evaluateRun: ({ level }) => {
      shown = { ...demoEvaluation, figures: { ...demoEvaluation.figures!, level } };
      return Promise.resolve(shown);
    },
    getErrorAnalysis: () => Promise.resolve(errors),
    compareCuts: () => Promise.resolve(demoEvaluation.figures!.frontier),
    weighRanks: () => Promise.resolve(demoEvaluation.figures!.rank!),
  };
}
