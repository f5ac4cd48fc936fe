import { commandText } from '../../concepts/command-text.ts';
import type { MapRecord } from '../../concepts/explanation.ts';
import {
  bankText,
  NUMBER_BY_CLASSES,
  NUMBER_BY_EVIDENCE,
  sharedText,
  refinedText,
  settledText,
} from '../../wording/bank-words.ts';
import { countText } from '../../wording/count-text.ts';
import { durationText } from '../../wording/duration-text.ts';
import { percentText } from '../../wording/number-text.ts';
import { samplingText } from '../../wording/sampling-text.ts';
import { stageName } from '../../wording/stage-names.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { factsTable, optionFacts } from './facts-table.ts';

/** Everything needed to get the same numbers again. */
export function reproductionSection({ run, explanation, notes }: ReportData): Html {
  const { factorization, importance } = explanation;
  const { device } = run;
  const times = Object.entries(run.stages)
    .filter(([, { elapsedMs }]) => elapsedMs !== undefined)
    .map(([stage, { elapsedMs = 0 }]) => [stageName(stage), durationText(elapsedMs)] as const);
  return html`<section id="reproduce">
    <h2>To repeat this</h2>
    <pre><code>${commandText(run.options)}</code></pre>
    <p class="quiet small">
      In the folder of Tessera's sources, <code>tessera</code> is written
      <code>npm run --silent tessera --</code>.
    </p>
    <div class="columns">
      <div>
        ${factsTable('Settings', [['seed', run.seed], ...optionFacts(run.options).filter(([name]) => name !== 'seed')])}
        ${times.length > 0 && factsTable('Time taken', times)}
      </div>
      <div>
        ${factsTable('Method', [
          [
            'concepts',
            `${bankText(factorization)} of ${countText(factorization.rows)} rows, ${factorization.status} after ${factorization.iterations} iterations`,
          ],
          ...chosenFacts(run),
          ...(factorization.refined ? [['refined', refinedText(factorization.refined)] as const] : []),
          ['importance', importanceText(importance)],
          ...(explanation.maps ? [['maps', mapsText(explanation.maps)] as const] : []),
        ])}
        ${factsTable('Machine', [
          ['device', `${device.used} (asked for ${device.requested})`],
          ...device.fallbackReasons.map((reason) => ['passed over', reason] as const),
          ...Object.entries(run.versions),
        ])}
      </div>
    </div>
    <p class="quiet small">
      Run ${run.id}${notes.runName !== undefined && ` “${notes.runName}”`}, begun ${run.created}.
    </p>
  </section>`;
}

/** What nobody asked for by value. */
function chosenFacts({ comparison, options, explanation }: ReportData['run']): (readonly [string, string])[] {
  if (comparison) return [['chosen', settledText(comparison.settled, comparison.frontier.points.length)]];
  const shared = explanation?.factorization.shared;
  const chosen = shared ? NUMBER_BY_CLASSES : NUMBER_BY_EVIDENCE;
  return [
    ...(shared ? [['shared', sharedText(shared.classes)] as const] : []),
    ...(options.concepts === 'auto' ? [['chosen', chosen] as const] : []),
  ];
}

/** The methods and their layers; how doubtful their places are, once where all that say it say the same. */
function mapsText(maps: readonly MapRecord[]): string {
  const doubts = new Set(maps.map(doubtText).filter((text) => text !== undefined));
  const isShared = doubts.size === 1;
  return [...maps.map((map) => mapText(map, !isShared)), ...(isShared ? doubts : [])].join('; ');
}

function mapText(map: MapRecord, withDoubt: boolean): string {
  const { method, insteadOf, layer } = map;
  const parts = [
    layer === undefined ? method : `${method} at ${layer}`,
    insteadOf && `instead of ${insteadOf.method}: ${insteadOf.reason}`,
    withDoubt && doubtText(map),
  ];
  return parts.filter((part) => part !== undefined && part !== false).join(', ');
}

function doubtText({ nearDegenerate }: MapRecord): string | undefined {
  if (nearDegenerate === undefined) return undefined;
  return `${percentText(nearDegenerate)} of the positions close to where a concept comes or goes`;
}

function importanceText(importance: ReportData['explanation']['importance']): string {
  const { method, design, evaluations } = importance;
  if (method === 'exact')
    return 'Sobol total index, exact: from this layer on the score is linear in the concepts';
  return `Sobol total index (Jansen), ${design} design, ${samplingText(importance)} repetitions, ${countText(evaluations)} evaluations`;
}
