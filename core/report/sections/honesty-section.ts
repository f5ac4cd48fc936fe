import type { Reconstruction } from '../../concepts/explanation.ts';
import { logitScatter } from '../charts/logit-scatter.ts';
import { trustMeter } from '../charts/trust-meter.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { numberText, percentText } from '../number-text.ts';
import type { ReportData } from '../report-data.ts';
import { TRUST_SCALES, trustVerdict } from '../trust-verdict.ts';

interface Measure {
  readonly figure: keyof Reconstruction;
  readonly name: string;
  readonly technical: string;
  readonly text: (value: number) => string;
  readonly meaning: string;
  readonly bands: string;
}

const MEASURES: readonly Measure[] = [
  {
    figure: 'agreement',
    name: 'Same answer',
    technical: 'agreement of argmax h(UW) with the model',
    text: percentText,
    meaning:
      'Share of the images that keep their predicted class when the model goes on with the concepts instead of its own activations.',
    bands: `good from ${percentText(TRUST_SCALES.agreement.good)}, fair from ${percentText(TRUST_SCALES.agreement.fair)}`,
  },
  {
    figure: 'r2',
    name: 'Variation kept',
    technical: 'R² of the activations',
    text: numberText,
    meaning:
      'Share of the differences between places and images, inside the model, that the concepts reproduce: 1 is all, 0 is no better than the average, below 0 is worse.',
    bands: `good from ${TRUST_SCALES.r2.good}, fair from ${TRUST_SCALES.r2.fair}`,
  },
  {
    figure: 'relativeError',
    name: 'Left out',
    technical: 'relative error ‖A − UW‖ / ‖A‖',
    text: percentText,
    meaning:
      'Size of what the concepts miss, compared with the size of the activations themselves; smaller is better. Shown for comparison with other tools, not counted in the verdict.',
    bands: `good up to ${percentText(TRUST_SCALES.relativeError.good)}, fair up to ${percentText(TRUST_SCALES.relativeError.fair)}`,
  },
];

/** How faithful the explanation is, in numbers that say what they mean, and a verdict in plain words. */
export function honestySection({ explanation }: ReportData): Html {
  const { grade, headline, advice, cautions } = trustVerdict(explanation);
  const scatter = logitScatter(explanation.images);
  return html`<section id="honesty">
    <h2>How far this can be trusted</h2>
    <div class="verdict ${grade}">
      <p><strong>${headline}.</strong> ${advice}</p>
      ${
        cautions.length > 0 &&
        html`<ul>
          ${cautions.map((caution) => html`<li>${caution}</li>`)}
        </ul>`
      }
    </div>
    <div class="columns">
      <div class="measures">
        ${MEASURES.map((measure) => measureRow(measure, explanation.reconstruction[measure.figure]))}
        <p class="quiet small">
          The verdict is the lower grade of the first two. The bounds are conventions of this report, not
          statistical tests.
        </p>
      </div>
      ${
        scatter &&
        html`<figure class="scatter-figure">
          ${scatter}
          <figcaption>
            One mark an image. On the diagonal the concepts carry the whole score; a red cross is an image
            that the replay gives another class.
          </figcaption>
        </figure>`
      }
    </div>
  </section>`;
}

function measureRow({ figure, name, technical, text, meaning, bands }: Measure, value: number): Html {
  return html`<div class="measure">
    <h3>${name} <span class="strong">${text(value)}</span></h3>
    <p class="technical">${technical}</p>
    ${trustMeter(value, TRUST_SCALES[figure])}
    <p>${meaning} <span class="quiet">(${bands})</span></p>
  </div>`;
}
