import type { MapApi, RunImage } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** What is on the fake's map. */
export interface FakeMapOptions {
  /** What is said of groups of images; absent: there are two. */
  readonly groups?: 'groups' | 'none';
  /** Points, by images that come again and again; absent: one an image. */
  readonly points?: number;
}

/** A map of the demo's run: its images in two heaps and a few apart, which are also its groups. */
export function fakeMap(
  { run, strengths }: Pick<DemoRunReader, 'run' | 'strengths'>,
  images: readonly RunImage[],
  { groups = 'groups', points }: FakeMapOptions,
): MapApi {
  const explained = images.filter(({ isExplained }) => isExplained).map(({ image }) => image);
  const some = (which: 'explained' | 'all'): number[] =>
    which === 'all' ? images.map(({ image }) => image) : explained;
  const isLeft = (image: number): boolean => image % 3 > 0;
  const pointOf = (image: number): number[] => [
    (isLeft(image) ? -5 : 5) + Math.cos(image * 2.4),
    Math.sin(image * 2.4) * 1.5,
  ];
  const groupOf = (members: readonly number[], mean: number) => ({
    images: members,
    cover: members.slice(0, 12).map((image) => images[image].picture),
    known: members.length,
    wrong: mean > 1 ? 0 : 2,
    reasons: [{ concept: run.concepts[0].id, mean, elsewhere: 0.4 }],
  });
  return {
    getImageMap: ({ images: which }) =>
      Promise.resolve({
        method: 'neighbours',
        images: repeated(some(which), points),
        points: repeated(some(which), points).flatMap((image, at) =>
          pointOf(image).map(
            (value, axis) => value + (points === undefined ? 0 : Math.sin((at + axis) * 1.7)),
          ),
        ),
        share: null,
        laidOut: null,
        skipped: 0,
      }),
    getConceptMap: () =>
      Promise.resolve({
        method: 'plane',
        share: 0.42,
        points: run.concepts.map(({ id }, i) => ({
          concept: id,
          x: Math.cos(i * 2.1),
          y: Math.sin(i * 2.1),
        })),
      }),
    getImageGroups: ({ images: which }) =>
      Promise.resolve({
        status: groups,
        groups:
          groups === 'none'
            ? []
            : [
                groupOf(some(which).filter(isLeft), 2.1),
                groupOf(
                  some(which).filter((i) => !isLeft(i)),
                  0.2,
                ),
              ],
        looked: some(which).length,
        silhouette: 0.41,
        usual: 0.3,
      }),
    getMapAmounts: ({ images: which, concept }) => {
      const own = strengths[run.concepts.findIndex(({ id }) => id === concept)];
      return Promise.resolve(some(which).map((image) => own[image] ?? 0));
    },
    exportRun: () => Promise.resolve({ path: '/tables/images.csv', document: null }),
    exportPaths: () => Promise.resolve({ path: '/tables/selected images.csv', document: null }),
  };
}

function repeated(images: readonly number[], count = images.length): number[] {
  return Array.from({ length: count }, (_, at) => images[at % images.length]);
}
