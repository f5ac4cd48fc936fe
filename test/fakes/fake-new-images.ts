import type { Drift, NewImagesApi, ScoredImages, ScoredQuery, ScoredRow } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** How many images there are, of how many concepts. */
export interface FakeNewImages {
  /** Absent: 60. */
  readonly images?: number;
  /** Absent: those of the run. */
  readonly concepts?: number;
  /** The run has too few images to tell anything by. */
  readonly isFew?: boolean;
}

const MOST_REST = 0.4;

/** A drift whose amount is more, less, spread or as before, by its place. */
function driftOf(place: number): Drift {
  const way = place % 4;
  return {
    ...{ distance: [0.62, 0.44, 0.31, 0.1][way], usual: 0.24, p: way === 3 ? 0.6 : 0.0005 },
    ...{ q: way === 3 ? 0.7 : 0.004, isDrift: place < 3, before: 2.1, now: [4.3, 0.9, 2.1, 2.2][way] },
  };
}

/** New images in the terms of the demo's run: every twelfth is unknown to the concepts. */
export function fakeNewImages({ run }: DemoRunReader, options: FakeNewImages = {}): NewImagesApi {
  const { images = 60, isFew = false } = options;
  const concepts = Array.from({ length: options.concepts ?? run.concepts.length }, (_, place) => ({
    id: `c${place}`,
    name: `Concept ${place + 1}`,
    drift: isFew ? null : driftOf(place),
  }));
  const rowOf = (index: number): ScoredRow => {
    const rest = index % 12 === 0 ? 0.55 + (index % 7) / 100 : 0.1 + (index % 29) / 100;
    return {
      ...{ index, fileName: `${String(index).padStart(5, '0')}.jpg`, folder: 'november' },
      picture: `img:${run.images[index % run.images.length].file}`,
      predicted: { index: 2, name: 'house', probability: 0.5 + (index % 50) / 100 },
      ...{ isExplained: true, score: 4 + (index % 13) / 4, rest, isUnknown: isFew ? null : rest > MOST_REST },
      ...{ amount: (index * 37) % 100, contribution: ((index * 11) % 9) - 3 },
    };
  };
  const all = Array.from({ length: images }, (_, index) => rowOf(index));
  const keyOf = (row: ScoredRow, sort: ScoredQuery['sort']): number =>
    sort === 'rest' ? row.rest : sort === 'amount' ? row.amount : sort === 'score' ? row.score : row.index;
  const found: ScoredImages = {
    ...{ project: 'p1', runId: 'run1', id: 'scores-1', roots: ['november'], images, concepts },
    className: run.className,
    drifted: isFew ? [] : concepts.slice(0, 3).map(({ id }) => id),
    compared: { before: isFew ? 3 : 37, now: images, isOfAll: false, called: images },
    ...{ fewest: 5, falseDiscoveryRate: 0.05, mostRest: isFew ? null : MOST_REST, restImages: 37 },
    unknown: isFew ? 0 : all.filter(({ rest }) => rest > MOST_REST).length,
    skipped: [{ file: '/drops/november/broken.jpg', reason: 'corrupt JPEG' }],
    skippedCount: 1,
  };
  let last: ScoredImages | null = null;
  return {
    chooseNewImages: () => Promise.resolve(['/drops/november']),
    scoreImages: () => Promise.resolve((last = found)),
    getScored: () => Promise.resolve(last),
    listScored({ offset, limit, sort, descending, isUnknown }) {
      const listed = all
        .filter(({ rest }) => !isUnknown || rest > MOST_REST)
        .sort((a, b) => (descending ? -1 : 1) * (keyOf(a, sort) - keyOf(b, sort)));
      return Promise.resolve({ total: listed.length, rows: listed.slice(offset, offset + limit) });
    },
    getScoredImage({ index }) {
      const byId = (of: (place: number) => number): Record<string, number> =>
        Object.fromEntries(concepts.map(({ id }, place) => [id, of(place)]));
      return Promise.resolve({
        ...all[index],
        path: `/drops/november/${all[index].fileName}`,
        ofConcepts: all[index].score - 0.4,
        amounts: byId((place) => (index + place) % 7),
        contributions: byId((place) => (place % 3) - 1),
      });
    },
    saveScored: () => Promise.resolve({ path: '/home/ada/demo new images.csv', document: null }),
  };
}
