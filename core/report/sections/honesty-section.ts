import type { Explanation } from '../../concepts/explanation.ts';
import type { Evaluation, RankCurve } from '../../metrics/evaluation.ts';
import { FRONTIER_BOUNDS, frontierArgument, type Frontier } from '../../metrics/frontier.ts';
import { TRUST_THRESHOLDS } from '../../metrics/trust.ts';
import { refinedVerdict } from '../../wording/bank-words.ts';
import { countOf } from '../../wording/count-text.ts';
import { frontierAdvice, frontierReading } from '../../wording/frontier-words.ts';
import { logitScatter } from '../charts/logit-scatter.ts';
import { orderCurves } from '../charts/order-curves.ts';
import { frontierChart } from '../charts/frontier-chart.ts';
import { rankChart } from '../charts/rank-chart.ts';
import { trustMeter } from '../charts/trust-meter.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { CHECKED_APART } from '../../wording/merge-words.ts';
import { isNumber } from '../../wording/said-words.ts';
import { LEVEL_WORDS } from '../../wording/trust-words.ts';
import { scoreName, type ScoreFacts } from '../../wording/score-words.ts';
import type { LightInWords } from '../light-in-words.ts';
import { scoreFactsOf } from '../run-score.ts';
import type { ClaimInWords } from '../claims-in-words.ts';
import { trustVerdict } from '../trust-verdict.ts';

/** How faithful the explanation is, in numbers that say what they mean, and a verdict in plain words. */
export function honestySection({ run, explanation, evaluation }: ReportData): Html {
  // The check is of the concepts as the run found them.
  const found = run.explanation ?? explanation;
  const isMerged = explanation.concepts.some(({ merged }) => merged !== undefined);
  const verdict = trustVerdict(found, evaluation);
  const { grade, headline, advice, claims, cautions, searched, lights, rule } = verdict;
  const frontier = evaluation?.frontier ?? run.comparison?.frontier;
  const known = lights.filter(({ value }) => value !== undefined);
  return html`<section id="honesty">
    <h2>How far this can be trusted</h2>
    <div class="verdict ${grade}">
      <p><strong>${headline}.</strong> ${advice}</p>
      ${
        cautions.length > 0 &&
        html`<ul>
          ${cautions.map((sentence) => html`<li>${sentence}</li>`)}
        </ul>`
      }
    </div>
    <ul class="claims">
      ${claims.map(claimItem)}
    </ul>
    ${found.factorization.refined && html`<p class="small">${refinedVerdict(found.factorization.refined)}</p>`}
    ${searched !== '' && html`<p class="small">${searched}</p>`}
    ${isMerged && html`<p class="quiet small">${CHECKED_APART}</p>`} ${evaluation && orderFigures(evaluation)}
    <div class="columns measures">${known.map(measureRow)}</div>
    <p class="quiet small">${rule}</p>
    <div class="columns">
      ${scatterFigure(explanation.images, scoreFactsOf(explanation))}
      ${evaluation?.rank && rankFigure(evaluation.rank, found.concepts.length, frontier !== undefined)}
      ${frontier && frontierFigure(frontier, found)}
    </div>
  </section>`;
}

function claimItem({ name, grade, reason, next }: ClaimInWords): Html {
  return html`<li class="trust ${grade}">
    <span class="lamp" aria-hidden="true"><i></i><i></i><i></i></span>
    <span
      ><strong>${name}: ${LEVEL_WORDS[grade]}</strong> ${reason}
      ${next !== '' && html`<span class="quiet">${next}</span>`}</span
    >
  </li>`;
}

function orderFigures({ deletion, insertion, images, noGradient }: Evaluation): Html | undefined {
  const charts = [orderCurves('deletion', deletion), orderCurves('insertion', insertion)];
  if (charts.every((chart) => chart === undefined)) return undefined;
  return html`<div class="columns">
      ${charts.map(
        (chart, i) =>
          chart &&
          html`<figure>
            <h3>
              ${i === 0 ? 'Concepts taken away one after another' : 'Concepts put in one after another'}
            </h3>
            ${chart}
          </figure>`,
      )}
    </div>
    <p class="quiet small orders">
      The score over ${countOf(images, 'image')}, from 1 with
      ${deletion.hasRest ? 'all that the model has at the layer' : 'all concepts'} to 0 with
      none${deletion.hasRest ? '; the last step is what no concept explains' : ''}. A good order falls fast
      when concepts are taken away (small area) and rises fast when they are put in (large area). The band
      holds 95&nbsp;% of random orders; in brackets the 95&nbsp;% interval over images, of random orders over
      orders. By amount: the concepts of which there is most; by gradient: the steepest slope of the score
      along the concept. ${noGradient !== undefined && `There is no order by gradient: ${noGradient}`}
    </p>`;
}

function measureRow({
  figure,
  value,
  level,
  name,
  technical,
  text,
  meaning,
  says,
  bands,
}: LightInWords): Html {
  return html`<div class="measure">
    <h3><span>${name}</span> <span class="strong">${text}</span></h3>
    <p class="technical">${technical}</p>
    ${trustMeter(value ?? NaN, TRUST_THRESHOLDS[figure])}
    <p class="says ${level}"><strong>${says}</strong></p>
    <p>${meaning} <span class="quiet">(${bands})</span></p>
  </div>`;
}

function scatterFigure(images: Parameters<typeof logitScatter>[0], score: ScoreFacts): Html | undefined {
  const lost = isNumber(score) ? 'puts on the other side of the border' : 'gives another answer';
  const scatter = logitScatter(images, { score: scoreName(score), lost });
  return (
    scatter &&
    html`<figure class="scatter-figure">
      <h3>The score of every image</h3>
      ${scatter}
      <figcaption>
        One mark an image. On the diagonal the concepts carry the whole score; a red cross is an image that
        the replay ${lost}.
      </figcaption>
    </figure>`
  );
}

function frontierFigure(frontier: Frontier, { layer, concepts }: Explanation): Html {
  const { points, suggested } = frontier;
  return html`<figure>
    <h3>Which layer, and how many concepts?</h3>
    ${frontierChart(frontier)}
    <figcaption>
      ${frontierReading(FRONTIER_BOUNDS)} This explanation: ${concepts.length} at ${layer.tensor}.
      ${frontierAdvice(suggested, frontierArgument(points), FRONTIER_BOUNDS)}
    </figcaption>
  </figure>`;
}

/** Where layers were compared, that comparison advises, by what counts for the score, and this one only shows. */
function rankFigure(rank: RankCurve, used: number, isAdvisedElsewhere: boolean): Html {
  return html`<figure>
    <h3>How many concepts?</h3>
    ${rankChart(rank, used)}
    <figcaption>
      On images that the concepts were not made from. Concepts are found again when two halves of the data
      give them alike.
      ${!isAdvisedElsewhere && `The evidence argues for ${rank.suggested}: further ones add little.`}
    </figcaption>
  </figure>`;
}
