import { DISCOVERY_RATE, FEWEST_IMAGES } from '../../core/metrics/drift.ts';
import { driftedConcepts, isBeyond, type ScoredRun } from '../../core/pipeline/score-run.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';
import { answerText } from '../../core/wording/answer-text.ts';
import {
  comparedText,
  driftSummary,
  driftWay,
  fewForDrift,
  unknownByChance,
} from '../../core/wording/drift-words.ts';
import { decimalText, percentText } from '../../core/wording/number-text.ts';
import { table } from './text-table.ts';

/** Files named in a sentence. */
const LISTED = 10;

/** The stable fields of `score --json`. */
export type ScoreFacts = ReturnType<typeof scoreFacts>;

/** New images with amounts and contributions by the concepts' ids; what of them is unlike the run's own. */
export function scoreFacts(
  { project, run, className }: { readonly project: string; readonly run: string; readonly className: string },
  scored: ScoredRun,
) {
  const { images, skipped, concepts, compared, mostRest, restImages } = scored;
  const byId = (values: ArrayLike<number>) =>
    Object.fromEntries(concepts.map(({ id, column }) => [id, values[column]]));
  return {
    project,
    run,
    class: className,
    concepts: concepts.map(({ id, name, drift }) => ({ id, name, drift: drift ?? null })),
    images: images.map(({ amounts, contributions, rest, ...image }) => ({
      ...image,
      amounts: byId(amounts),
      contributions: byId(contributions),
      rest,
      isUnknown: isBeyond(rest, scored),
    })),
    drift: {
      compared,
      // Of too few images nothing is known.
      concepts: concepts[0]?.drift === undefined ? null : driftedConcepts(concepts).map(({ id }) => id),
      falseDiscoveryRate: DISCOVERY_RATE,
    },
    mostRest: mostRest ?? null,
    restImages,
    skipped,
  };
}

/** Which concepts drifted, which images the concepts do not know, and what was left out. */
export function scoreText(facts: ScoreFacts, { listsAll }: { readonly listsAll: boolean }): string {
  const { class: className, concepts, images, drift, mostRest, restImages, skipped } = facts;
  const unknown = images.filter(({ isUnknown }) => isUnknown === true);
  const rows = images.map(({ file, predicted, rest, amounts }) => {
    const strong = [...concepts].sort((a, b) => amounts[b.id] - amounts[a.id]).slice(0, 3);
    return [
      file,
      `${predicted.name} ${answerText(predicted)}`,
      percentText(rest),
      strong.map(({ name, id }) => `${name} ${decimalText(amounts[id])}`).join(', '),
    ];
  });
  return [
    ...(listsAll ? [...table([['file', 'answer', 'rest', 'most of'], ...rows]), ''] : []),
    ...driftLines(facts),
    '',
    mostRest === null
      ? 'The run has too few images to tell which of these its concepts do not know.'
      : unknown.length === 0
        ? `No image has more that the concepts leave unexplained than those of the run (${percentText(mostRest)} of the activations at most).`
        : `${countOf(unknown.length, 'image')} of ${images.length} ${unknown.length === 1 ? 'has' : 'have'} more that the concepts leave unexplained than any image of the run (${percentText(mostRest)}): ${listText(unknown.slice(0, LISTED).map(({ file }) => file))}${unknown.length > LISTED ? ', …' : ''}. ${unknownByChance(images.length, restImages)}`,
    ...(drift.concepts === null
      ? [
          fewForDrift(drift.compared, {
            fewest: FEWEST_IMAGES,
            className: drift.compared.isOfAll ? null : className,
          }),
        ]
      : []),
    ...(skipped.length > 0
      ? [
          '',
          `${countOf(skipped.length, 'file')} left out:`,
          ...skipped.map((one) => `${one.file}: ${one.reason}`),
        ]
      : []),
  ].join('\n');
}

function driftLines({ concepts, images, drift, class: className }: ScoreFacts): string[] {
  if (drift.concepts === null) return [];
  const rows = concepts.flatMap(({ name, drift: own }) =>
    own === null
      ? []
      : [
          [
            name,
            decimalText(own.before),
            decimalText(own.now),
            `${decimalText(own.distance)} (usual up to ${decimalText(own.usual)})`,
            own.isDrift ? driftWay(own) : '',
          ],
        ],
  );
  const drifted = drift.concepts.flatMap((id) => {
    const found = concepts.find((one) => one.id === id)!;
    return found.drift === null ? [] : [{ name: found.name, ...found.drift }];
  });
  return [
    comparedText(drift.compared, images.length, className),
    ...table([['concept', 'run', 'new', 'distance', 'drift'], ...rows]),
    driftSummary(drifted),
    ...(drifted.length > 0
      ? [`At most ${percentText(DISCOVERY_RATE)} of such finds are due to chance, on average.`]
      : []),
  ];
}
