import type { LookItem, OverviewView, PairView, WorkbenchApi } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

const NAMES = ['barn', 'house', 'car', 'lighthouse', 'windmill', 'train', 'sailboat', 'tree'];

/** Importance of a concept for a class: each class leans on two concepts, and shares one with the next. */
function meanOf(at: number, concept: number, concepts: number): number {
  const own = (at * 3) % concepts;
  if (concept === own) return 0.45;
  if (concept === (own + 1) % concepts) return 0.2;
  return concept === (own + 3) % concepts ? 0.08 : 0.004;
}

function overviewOf(reader: DemoRunReader, count: number, apart: readonly string[]): OverviewView {
  const { concepts } = reader.run;
  const classes = Array.from({ length: count }, (_, at) => ({
    index: at,
    name: NAMES[at] ?? `kind ${at}`,
    runId: 'run1',
    images: 37,
    right: at === 4 ? null : { value: 1 - 0.02 * (at % 5), low: 0.8, high: 1, images: 40 },
    rest: { mean: 0.02, low: 0.01, high: 0.03 },
    grade: at % 3 === 0 ? ('good' as const) : ('unknown' as const),
    headline: 'The explanation holds up',
    shortcuts:
      at === 1
        ? [{ concept: concepts[0].id, leans: 'leans on the top left corner', evidence: [], remedy: [] }]
        : [],
  }));
  const named = (at: number) => ({ index: at, name: classes[at].name });
  const bank = {
    id: 'b1',
    layer: reader.run.layer.tensor,
    concepts: concepts.length,
    classes: count,
    newest: '2026-11-21T09:12:00Z',
  };
  return {
    project: 'p1',
    bank,
    banks: [bank],
    lead: `The same concepts explain ${count} classes.`,
    classes,
    concepts: concepts.map(({ id, name }, concept) => ({
      id,
      name,
      importance: classes.map((_, at) => {
        const mean = meanOf(at, concept, concepts.length);
        return { mean, low: 0.8 * mean, high: 1.2 * mean };
      }),
      countsFor: classes
        .map(({ index }) => index)
        .filter((at) => meanOf(at, concept, concepts.length) > 0.05),
      cover: reader.coverOf(concept),
    })),
    hidden: 1,
    apart,
    answers: { known: 320, hits: 310 },
    confused: [
      {
        truth: named(1),
        predicted: named(0),
        count: 7,
        images: 40,
        share: { value: 0.175, low: 0.09, high: 0.32 },
        shared: [concepts[1].id],
      },
      {
        truth: named(2),
        predicted: named(0),
        count: 3,
        images: 40,
        share: { value: 0.075, low: 0.03, high: 0.2 },
        shared: null,
      },
    ],
    confusedCount: 2,
    left: [],
    looks: [
      {
        looks: [
          {
            kind: 'shortcut',
            class: 1,
            concept: concepts[0].id,
            leans: 'leans on the top left corner',
            flips: 0.69,
          },
        ],
        members: [],
        title: '“house” leans on the top left corner',
        text: 'Without it, 68.8 % of the decisions for the class change.',
      },
      {
        looks: [
          { kind: 'confusion', truth: 1, predicted: 0, count: 7, images: 40, shared: [concepts[1].id] },
        ],
        members: [],
        title: '“house” is called “barn”',
        text: '7 of 40 images. “Concept 2” matters to both.',
      },
      ...(count > 3 ? [unexplainedIn(classes)] : []),
    ],
  };
}

/** One thing that holds for every class. */
function unexplainedIn(classes: readonly { readonly index: number; readonly name: string }[]): LookItem {
  return {
    looks: classes.map(({ index }) => ({ kind: 'rest', class: index, rest: 0.3 })),
    title: `${classes.length} classes are not explained in full`,
    text: 'Movement of the score that involves what no concept explains:',
    members: classes.map(({ name }) => ({ name, figure: '30.0 %' })),
  };
}

function pairOf(reader: DemoRunReader, truth: number, predicted: number): PairView {
  const estimate = (mean: number) => ({ mean, low: mean - 0.2, high: mean + 0.2 });
  const pictures = reader.images
    .slice(0, 7)
    .map(({ image, fileName, picture }) => ({ image, fileName, picture }));
  const group = (lead: number) => ({ images: 7, of: 7, lead: estimate(lead), pictures });
  return {
    project: 'p1',
    runId: 'run1',
    truth: { index: truth, name: NAMES[truth] },
    predicted: { index: predicted, name: NAMES[predicted] },
    groups: { mistakes: group(1.4), truth: group(-4), predicted: group(5) },
    parts: reader.run.concepts.map(({ id, name }, concept) => ({
      concept: id,
      name,
      mistakes: estimate(0.9 - 0.2 * concept),
      truth: estimate(-1.5 + 0.3 * concept),
      predicted: estimate(1 - 0.1 * concept),
      share: 0.6 - 0.1 * concept,
      covers: { truth: reader.coverOf(concept), predicted: concept === 0 ? [] : reader.coverOf(concept) },
    })),
    gap: '“Concept 1” speaks less for “house” than usual: its part of the lead of “barn” is 0.90 in these mistakes and −1.50 in right images of “house”.',
    change: {
      concepts: [reader.run.concepts[0].id],
      factor: 0.5,
      turned: 5,
      broken: 1,
      text: 'With “Concept 1” at 50.0 % of what there is, 5 of the 7 mistakes are called “house”; 1 of 80 right images is then called something else.',
    },
  };
}

/** A whole model over the demo's run; `classes` in it, none where nothing is explained. */
export function fakeOverview(
  reader: DemoRunReader,
  classes: number,
  startRun: WorkbenchApi['startRun'],
  uncomputed: boolean,
): Pick<
  WorkbenchApi,
  'getOverview' | 'explainPair' | 'explainEveryClass' | 'computeBankMerges' | 'saveOverview'
> {
  let apart = uncomputed
    ? ['"Concept 1" and "Concept 2" are merged, but not yet computed together for barn.']
    : [];
  const overview = () => Promise.resolve(classes === 0 ? null : overviewOf(reader, classes, apart));
  return {
    getOverview: overview,
    computeBankMerges: () => {
      apart = [];
      return overview();
    },
    explainPair: ({ truth, predicted }) => Promise.resolve(pairOf(reader, truth, predicted)),
    explainEveryClass: () => startRun(),
    saveOverview: () => Promise.resolve({ path: '/home/ada/overview.html', document: null }),
  };
}
