import type { MapRecord } from '../../concepts/explanation.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { countText, durationText, percentText } from '../number-text.ts';
import type { ReportData } from '../report-data.ts';
import { factsTable, optionFacts } from './facts-table.ts';

/** Everything needed to get the same numbers again. */
export function reproductionSection({ run, explanation }: ReportData): Html {
  const { factorization, importance } = explanation;
  const { device } = run;
  const times = Object.entries(run.stages)
    .filter(([, { elapsedMs }]) => elapsedMs !== undefined)
    .map(([stage, { elapsedMs = 0 }]) => [stage, durationText(elapsedMs)] as const);
  return html`<section id="reproduce">
    <h2>To repeat this</h2>
    ${run.command !== undefined && html`<pre><code>${run.command}</code></pre>`}
    <div class="columns">
      ${factsTable('Settings', [['seed', run.seed], ...optionFacts(run.options).filter(([name]) => name !== 'seed')])}
      <div>
        ${factsTable('Method', [
          [
            'concepts',
            `${factorization.method === 'nmf' ? 'non-negative' : 'semi-non-negative'} matrix factorisation of ${countText(factorization.rows)} rows, ${factorization.status} after ${factorization.iterations} iterations`,
          ],
          ['importance', importanceText(importance)],
          ...(explanation.maps ?? []).map((map) => ['maps', mapText(map)] as const),
        ])}
        ${factsTable('Machine', [
          ['device', `${device.used} (asked for ${device.requested})`],
          ...device.fallbackReasons.map((reason) => ['passed over', reason] as const),
          ...Object.entries(run.versions),
        ])}
        ${times.length > 0 && factsTable('Time taken', times)}
      </div>
    </div>
    <p class="quiet small">Run ${run.id}, begun ${run.created}.</p>
  </section>`;
}

function mapText({ method, insteadOf, layer, nearDegenerate }: MapRecord): string {
  const parts = [
    method,
    layer !== undefined && `at ${layer}`,
    insteadOf && `instead of ${insteadOf.method}: ${insteadOf.reason}`,
    nearDegenerate !== undefined &&
      `${percentText(nearDegenerate)} of the positions close to where a concept comes or goes`,
  ];
  return parts.filter((part) => part !== undefined && part !== false).join(', ');
}

function importanceText({
  method,
  design,
  samples,
  replicates,
  evaluations,
}: ReportData['explanation']['importance']) {
  if (method === 'exact')
    return 'Sobol total index, computed exactly: from this layer on the score is linear in the concepts';
  return `Sobol total index (Jansen), ${design} design, N\u00a0=\u00a0${samples} × ${replicates} replicates, ${countText(evaluations)} evaluations`;
}
