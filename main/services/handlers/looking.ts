import { pictureId } from '../../compute/picture-ids.ts';
import { imageTable } from '../image-table.ts';
import { previewSample } from '../preview-sample.ts';
import { explainOptionsOf } from '../setup-state.ts';
import { requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** Pictures on which preprocessings are compared. */
const COMPARED = 16;

/** A look at model and pictures before a run. */
export function lookingHandlers({
  setup,
  viewer,
  pictures,
  storage,
  predictions,
}: Pick<Services, 'setup' | 'viewer' | 'pictures' | 'storage' | 'predictions'>): Part<
  'previewImages' | 'comparePreprocessings' | 'predictAll' | 'listImages' | 'estimate'
> {
  return {
    previewImages({ limit }) {
      const { state } = setup;
      const { question, model, images } = requirePictures(state);
      const chosen = previewSample(images, limit);
      const as = pictures.nameOf(model.preprocessing.value);
      return viewer.run('previewImages', {
        ...question,
        images: chosen.map((index) => images[index]),
        pictures: chosen.map((index) => pictureId({ kind: 'fitted', scan: state.scanKey, index, as })),
      });
    },
    comparePreprocessings() {
      const { question, images } = requirePictures(setup.state);
      const chosen = previewSample(images, COMPARED);
      return viewer.run('comparePreprocessings', {
        ...question,
        images: chosen.map((index) => images[index]),
      });
    },
    predictAll: (_, page) => predictions.ask(page),
    listImages: (query) => imageTable(storage, setup.state, query),
    estimate() {
      const { state } = setup;
      const { question, images } = requirePictures(state);
      const { predictions: known, options } = state;
      const isOfClass = options.select === 'predicted' && options.classIndex !== null;
      const selected =
        known !== null && isOfClass
          ? known.predicted.filter(({ index }) => index === options.classIndex).length
          : undefined;
      return viewer.run('estimate', {
        ...question,
        images,
        options: explainOptionsOf(state),
        ...(selected !== undefined && { selected }),
      });
    },
  };
}
