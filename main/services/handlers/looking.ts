import { pictureId } from '../../compute/picture-ids.ts';
import { classCounts } from '../class-counts.ts';
import { imageTable } from '../image-table.ts';
import { previewSample } from '../preview-sample.ts';
import { explainOptionsOf } from '../setup-state.ts';
import { requireFolder, requirePictures } from './requirements.ts';
import type { Part, Services } from './services.ts';

/** Pictures on which preprocessings are compared. */
const COMPARED = 16;

/** A look at model and pictures before a run. */
export function lookingHandlers({
  setup,
  viewer,
  runner,
  pictures,
  storage,
  jobs,
}: Pick<Services, 'setup' | 'viewer' | 'runner' | 'pictures' | 'storage' | 'jobs'>): Part<
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
    async predictAll(_, page) {
      const { state } = setup;
      const { question, images } = requirePictures(state);
      const folder = requireFolder(state);
      const { device } = state.options;
      const predictions = await jobs.run({ kind: 'predictions', folder, page }, (watch) =>
        runner.run('predictAll', { ...question, images, folder, device }, watch),
      );
      setup.keepPredictions(state, predictions);
      return classCounts(state, predictions);
    },
    listImages: (query) => imageTable(storage, setup.state, query),
    estimate() {
      const { state } = setup;
      const { question, images } = requirePictures(state);
      const { predictions, options } = state;
      const isOfClass = options.select === 'predicted' && options.classIndex !== null;
      const selected =
        predictions !== null && isOfClass
          ? predictions.predicted.filter(({ index }) => index === options.classIndex).length
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
