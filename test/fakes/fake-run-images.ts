import { confusionMatrix } from '../../core/metrics/confusion-matrix.ts';
import type { ImageApi, ImageDetail, RunImage, WhyNot } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

const CLASSES = ['barn', 'car', 'house', 'lighthouse', 'sailboat', 'train', 'tree', 'windmill'];
const classOf = (index: number) => ({ index, name: CLASSES[index] });

/** Fewer than there are, so that every screen is put together of several pages. */
const MOST_AT_ONCE = 9;

/** Given and not explained: a folder, the class that it names or null, the answer, how sure. */
const OTHERS: readonly (readonly [file: string, truth: number | null, answer: number, sure: number])[] = [
  ['barn/00.jpg', 0, 0, 0.97],
  ['barn/01.jpg', 0, 2, 0.91],
  ['barn/02.jpg', 0, 2, 0.58],
  ['barn/03.jpg', 0, 0, 0.88],
  ['lighthouse/04.jpg', 3, 2, 0.64],
  ['lighthouse/05.jpg', 3, 3, 0.99],
  ['photos/06.jpg', null, 4, 0.41],
];

/** The images of the demo's run and seven that it was given beside: three of them mistakes. */
export function fakeRunImages({ run, images: explained, strengths, detailOf }: DemoRunReader): {
  readonly api: ImageApi;
  readonly images: readonly RunImage[];
  readonly detailOf: (image: number, method: string) => ImageDetail;
} {
  const others = OTHERS.map(([file, truth, answer, probability], i): RunImage => ({
    image: explained.length + i,
    fileName: file.split('/')[1],
    folder: file.split('/')[0],
    picture: `img:${file.replace('photos', 'tree')}`,
    predicted: { ...classOf(answer), probability },
    runnerUp: { ...classOf(answer === 2 ? 0 : 2), probability: 1 - probability },
    expected: truth === null ? null : classOf(truth),
    isExplained: false,
    agrees: null,
    change: null,
  }));
  const images = [...explained, ...others];
  const judged = images.map(({ expected, predicted }) => ({
    truth: expected?.index,
    predicted: predicted.index,
  }));
  const { rows, columns, ...rest } = confusionMatrix(judged, { rows: 20, columns: 20 });
  const whyNot = (image: number, other: number): WhyNot => {
    const { predicted } = images[image];
    return {
      ahead: classOf(predicted.index),
      other: classOf(other),
      margin: 2.4,
      causes: run.concepts
        .map(({ id }, i) => ({ concept: id, change: [1.4, -0.9, 0.4, 0.02][i] ?? 0.01 }))
        .sort((a, b) => Math.abs(b.change) - Math.abs(a.change)),
    };
  };
  const api: ImageApi = {
    listRunImages: ({ offset, limit }) =>
      Promise.resolve({
        images: images.slice(offset, offset + Math.min(limit, MOST_AT_ONCE)),
        total: images.length,
        confusion: {
          ...rest,
          rows: rows.map((row) => ({ ...row, truth: classOf(row.truth) })),
          columns: columns.map(classOf),
        },
        others: 'kept',
      }),
    getWhyNot: ({ image, other }) => Promise.resolve(whyNot(image, other)),
    measureImages: () =>
      Promise.resolve({
        strengths: images.map(({ image }) =>
          strengths.map(
            (own) => own[image] ?? (image === explained.length + 2 ? 10 : 0.1) * Math.max(...own),
          ),
        ),
      }),
  };
  return {
    api,
    images,
    detailOf(image, method) {
      if (image < explained.length) return detailOf(image, method);
      const { fileName, folder, picture, predicted, runnerUp, expected, isExplained } = images[image];
      return {
        ...detailOf(image % explained.length, method),
        ...{ image, fileName, path: `/pictures/${folder}/${fileName}`, picture },
        ...{ predicted, runnerUp, expected, isExplained },
      };
    },
  };
}
