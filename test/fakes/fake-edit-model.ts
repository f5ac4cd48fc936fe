import { shareEstimate } from '../../core/metrics/wilson.ts';
import { editChance, editVerdict, otherConceptName } from '../../core/wording/edit-words.ts';
import type { EditModelApi, JudgedSet, RightCounts, TurnedDecision } from '../../main/api/contract.ts';
import type { DemoRunReader } from './demo-run.ts';

/** What becomes of an edit that is tried. */
export interface FakeEditModel {
  /** Folders name no class. */
  readonly isUnnamed?: boolean;
  /** The edit fixes one of six mistakes. */
  readonly mendsLittle?: boolean;
}

/** Where a search of all layers finds concepts. */
const OTHER_LAYER = '/net/early';

function rightOf(name: string, images: number, before: number, after: number): RightCounts {
  const side = (right: number) => ({ ...shareEstimate(right, images), right });
  return { name, images, before: side(before), after: side(after) };
}

/** A model that concepts are taken out of: an edit mends 4 of 6 mistakes and breaks 1 of 34 right answers. */
export function fakeEditModel({ run, images }: DemoRunReader, options: FakeEditModel = {}): EditModelApi {
  const turned = ['fixed', 'fixed', 'fixed', 'fixed', 'broken', 'otherwise'].map(
    (turn, at): TurnedDecision => ({
      turn: (options.isUnnamed === true ? 'otherwise' : turn) as TurnedDecision['turn'],
      ...{ fileName: images[at].fileName, picture: images[at].picture, image: at },
      truth: options.isUnnamed === true ? null : 'house',
      ...{ before: turn === 'broken' ? 'house' : 'barn', after: turn === 'fixed' ? 'house' : 'lighthouse' },
    }),
  );
  const setOf = (kind: JudgedSet['kind'], roots: readonly string[], by: readonly string[]): JudgedSet => ({
    ...{ kind, roots, images: 40, known: kind === 'run' ? 0 : 2, skipped: [], skippedCount: 0 },
    ...(options.isUnnamed === true
      ? { all: null, verdict: null, chance: null, byClass: [], byFolder: [] }
      : {
          all: rightOf('', 40, 34, 37),
          verdict: editVerdict({ fixed: 4, wrong: 6, broken: 1, right: 34 }),
          chance: editChance(0.375, { fixed: 4, broken: 1 }),
          byClass: [rightOf('barn', 18, 17, 16), rightOf('house', 22, 17, 21)],
          byFolder: [rightOf('barn', 18, 17, 16), rightOf('house', 22, 17, 21)],
        }),
    mendsLittle: options.mendsLittle === true,
    sides: by.flatMap((of) =>
      ['yes', 'no'].map((level) => ({
        of,
        ...rightOf(level, 20, 16, 18),
        fixed: 3,
        broken: 1,
        pValue: 0.625,
      })),
    ),
    scores: Array.from({ length: 12 }, (_, index) => ({
      ...{ index, name: ['barn', 'boat', 'house'][index] ?? `kind ${index}` },
      ...{ mean: (index - 4) / 10, absolute: 1.4 - index / 10 },
    })),
    turned: turned.map((one) => (kind === 'run' ? one : { ...one, image: null })),
  });
  return {
    tryEdit: ({ project, runId, factors, others, how, above, onlyClass, heldOut, by = [] }) =>
      Promise.resolve({
        ...{ project, runId, how, id: 'edit-1', modelName: 'model.onnx', className: run.className },
        concepts: [
          ...Object.entries(factors).map(([id, factor]) => ({
            ...{ id, factor, name: run.concepts.find((concept) => concept.id === id)?.name ?? id },
          })),
          ...(others?.rows ?? []).map((row) => ({
            id: `${row}`,
            name: otherConceptName(row, others!.layer),
            factor: others!.factor,
          })),
        ],
        above: above ?? null,
        onlyClass: onlyClass ?? null,
        without: how === 'remove' ? null : { kind: 'others', images: 60 },
        ...{ isDecision: true, bytes: 366_080, beside: [], alsoChanged: [] },
        sets: [
          ...(heldOut.length > 0 ? [setOf('held-out', ['clean'], by)] : []),
          setOf('run', ['images'], by),
        ],
        check: { images: 24, largest: 3e-5, steps: 14 },
        time: { before: 0.82, after: 0.9, ratio: 1.1 },
        notices:
          options.isUnnamed === true
            ? []
            : ['Other classes rest on what was taken out: barn loses 2 of 17 right answers.'],
      }),
    countConceptCosts: () =>
      Promise.resolve({
        images: 400,
        right: 390,
        concepts: run.concepts.map(({ id }, at) => ({
          concept: id,
          whole: { broken: at === 0 ? 12 : 0, mended: 4 },
          half: { broken: 0, mended: 1 },
          isHarmless: at > 0,
        })),
      }),
    searchEdits: ({ allLayers }) =>
      Promise.resolve({
        layers: allLayers ? ['/net/deep', OTHER_LAYER] : ['/net/deep'],
        ...{ tuning: { images: 20, wrong: 6 }, test: { images: 20, wrong: 5 }, tried: 64, best: 1 },
        frontier: [2, 4, 5].map((mended, at) => ({
          how: at === 0 ? 'mean' : 'pattern',
          ...(allLayers && at === 2
            ? { factors: {}, others: { layer: OTHER_LAYER, rows: [2, 4], factor: 0.5 } }
            : { factors: { [run.concepts[0].id]: 0, ...(at === 2 && { [run.concepts[1].id]: 0 }) } }),
          tuning: { mended, broken: 2 * at },
          test: { mended: mended - 1, broken: 3 * at },
        })),
      }),
    savePackage: () =>
      Promise.resolve({ path: '/home/ada/model audit.zip', document: null, withoutMonitor: null }),
    saveEditPage: () => Promise.resolve({ path: '/home/ada/model edited proof.html', document: null }),
    saveEdited: () => Promise.resolve({ path: '/home/ada/model edited.onnx', document: null }),
  };
}
