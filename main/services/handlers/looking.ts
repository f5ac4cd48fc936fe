import { truthFinder } from '../../../core/images/folder-class.ts';
import type { ImageFile } from '../../../core/images/folder-scan.ts';
import type { ModelSummary } from '../../api/contract.ts';
import { pictureId } from '../../compute/picture-ids.ts';
import { holdingOf } from '../class-counts.ts';
import { imageTable } from '../image-table.ts';
import { previewSample } from '../../../core/images/preview-sample.ts';
import { explainOptionsOf, type SetupState } from '../setup-state.ts';
import { requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** Pictures on which preprocessings are compared. */
const COMPARED = 16;
/** Pictures that each output is shown on. */
const TRIED = 3;

/** A look at model and pictures before a run. */
export function lookingHandlers({
  setup,
  viewer,
  pictures,
  storage,
  predictions,
}: Pick<Services, 'setup' | 'viewer' | 'pictures' | 'storage' | 'predictions'>): Part<
  'previewImages' | 'comparePreprocessings' | 'previewOutputs' | 'predictAll' | 'listImages' | 'estimate'
> {
  /** Some of the pictures, and what they are called as the model is shown them. */
  const sampleOf = (
    { scanKey }: SetupState,
    model: ModelSummary,
    images: readonly ImageFile[],
    limit: number,
  ) => {
    const chosen = previewSample(images, limit);
    const as = pictures.nameOf(model.preprocessing.value);
    return {
      images: chosen.map((index) => images[index]),
      pictures: chosen.map((index) => pictureId({ kind: 'fitted', scan: scanKey, index, as })),
    };
  };

  return {
    previewImages({ limit }) {
      const { state } = setup;
      const { question, model, images } = requirePictures(state);
      return viewer.run('previewImages', { ...question, ...sampleOf(state, model, images, limit) });
    },
    comparePreprocessings() {
      const { question, images } = requirePictures(setup.state);
      const chosen = previewSample(images, COMPARED);
      return viewer.run('comparePreprocessings', {
        ...question,
        images: chosen.map((index) => images[index]),
      });
    },
    async previewOutputs() {
      const { state } = setup;
      const { question, scan, model } = state;
      if (question === null || model === null || scan === null) return [];
      return viewer.run('previewOutputs', { ...question, ...sampleOf(state, model, scan.images, TRIED) });
    },
    predictAll: (_, page) => predictions.ask(page),
    listImages: (query) => imageTable(storage, setup.state, query),
    estimate() {
      const { state } = setup;
      const { question, images } = requirePictures(state);
      const selected = selectedImages(state, images);
      return viewer.run('estimate', {
        ...question,
        images,
        options: explainOptionsOf(state),
        ...(selected !== undefined && { selected }),
      });
    },
  };
}

/** How many images would be explained, where that is known. */
function selectedImages(
  { options, predictions, model }: SetupState,
  images: readonly ImageFile[],
): number | undefined {
  const { select, classIndex, isNot = false } = options;
  if (classIndex === null || select === 'all') return undefined;
  if (select === 'predicted') {
    const holding = predictions && holdingOf(model, predictions);
    if (!predictions || !holding) return undefined;
    return predictions.images.filter((_, i) => holding(i).includes(classIndex) !== isNot).length;
  }
  const truthOf = truthFinder(model?.classNames ?? []);
  return images.map(truthOf).filter((truth) => truth !== undefined && (truth === classIndex) !== isNot)
    .length;
}
