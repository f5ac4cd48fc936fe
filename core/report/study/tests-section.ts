import type { UtilityAnalysis } from '../../study/analysis/analyse-utility.ts';
import type { Contrast, Pair } from '../../study/analysis/contrasts.ts';
import type { MixedFigures } from '../../study/analysis/mixed-figures.ts';
import { pText } from '../../wording/chance-text.ts';
import { countText } from '../../wording/count-text.ts';
import { decimalText, fixed, percentText, signedText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import { conditionName, withConditionNames } from './condition-names.ts';
import { pointEnds, pointsCell } from './figure-text.ts';

/** The frozen contrast, all other pairs, and two further ways to ask the same. */
export function testsSection({ contrasts, mixed, anova }: UtilityAnalysis): Html | false {
  if (contrasts.length === 0) return false;
  return html`<section id="tests" class="study">
    <h2>Are the differences more than chance?</h2>
    <p class="intro">
      A permutation test of participants’ means: how often chance alone, by assigning the same people to
      conditions at random, would set them as far apart. The first row is the question that was frozen before
      the study; the p-values of the others are corrected for their number (Holm). The test is over people
      alone; the interval is over people and pictures, and may hold 0 where a difference hangs on few
      pictures.
    </p>
    ${comparedTable(contrasts.map(contrastRow))}
    <h3>Mixed logistic regression</h3>
    ${mixed.value === null ? html`<p class="intro">Not known: ${withConditionNames(mixed.reason)}.</p>` : mixedTable(mixed.value)}
    <h3>Analysis of variance</h3>
    ${anova.value === null ? html`<p class="intro">Not known: ${anova.reason}.</p>` : anovaTable(anova.value)}
  </section>`;
}

function pairName({ condition, against }: Pair): string {
  return `${conditionName(condition)} against ${conditionName(against)}`;
}

function contrastRow(contrast: Contrast): Html {
  const { test, adjusted, difference, isPrimary } = contrast;
  return html`<tr>
    <th scope="row">
      ${pairName(contrast)}${isPrimary && html` <span class="small">(the study’s question)</span>`}
    </th>
    <td>${pointsCell(difference)}</td>
    <td>
      ${
        test.value === null
          ? html`<span class="quiet">not known: ${test.reason}</span>`
          : html`${pText(adjusted ?? test.value.p)}
              <span class="quiet"
                >${!isPrimary && `uncorrected ${pText(test.value.p)}, `}${countText(test.value.ways)}
                ${test.value.isExact ? 'ways, all of them' : 'ways drawn'}</span
              >`
      }
    </td>
  </tr>`;
}

function mixedTable({
  base,
  formula,
  contrasts,
  coefficients,
  spreads,
  answers,
  simplified,
}: MixedFigures): Html {
  return html`<p class="intro">
      <code>${formula}</code>, ${countText(answers)} answers; maximum likelihood by Laplace’s approximation.
      Differences are in log-odds, mean over sessions, with Wald’s interval, which is too short where there
      are few participants.
      ${simplified !== null && ` A simpler model than was planned: ${withConditionNames(simplified)}.`}
    </p>
    <table class="plain figures">
      <thead>
        <tr>
          <th scope="col">difference or term</th>
          <th scope="col">log-odds</th>
          <th scope="col" class="number">error</th>
          <th scope="col" class="number">z</th>
          <th scope="col" class="number">p</th>
        </tr>
      </thead>
      <tbody>
        ${contrasts.map((one) => logOddsRow(pairName(one), one, true))}
        ${coefficients.map((one) => logOddsRow(termName(one.term, base), one, false))}
      </tbody>
    </table>
    <p class="intro">
      Spread of
      ${spreads.map(({ name, deviation }, at) => html`${at > 0 && ', of '}${name} ${deviation === 0 ? '0 (none is seen beyond chance)' : decimalText(deviation)}`)}
      (standard deviations in log-odds).
    </p>`;
}

function logOddsRow(
  name: string,
  one: MixedFigures['coefficients'][number] | MixedFigures['contrasts'][number],
  isContrast: boolean,
): Html {
  return html`<tr>
    <th scope="row" ${isContrast ? html`class="strong"` : ''}>${name}</th>
    <td>
      ${signedText(one.estimate)}
      <span class="quiet">(${decimalText(one.low)} to ${decimalText(one.high)})</span>
    </td>
    <td class="number">${decimalText(one.error)}</td>
    <td class="number">${decimalText(one.z)}</td>
    <td class="number">${pText(one.p).replace('p = ', '').replace('p ', '')}</td>
  </tr>`;
}

/** "concept-maps, session 2" in words. */
function termName(term: string, base: string): string {
  if (term === 'intercept') return `intercept (${conditionName(base)}, first session)`;
  const [condition, ...rest] = term.split(', session ');
  const name = conditionName(condition);
  return rest.length > 0 ? `${name} in session ${rest.join()}` : name;
}

function anovaTable({
  f,
  between,
  within,
  p,
  share,
  pairs,
}: NonNullable<UtilityAnalysis['anova']['value']>): Html {
  return html`<p class="intro">
      For comparison with papers that report it, of participants’ accuracies: F(${between}, ${within}) =
      ${fixed(f, 2)}, ${pText(p)}; ${percentText(share)} of the variation lies between conditions. Pairs by
      Tukey’s honestly significant difference, with intervals that hold for all at once.
    </p>
    ${comparedTable(
      pairs.map(
        (pair) =>
          html`<tr>
            <th scope="row">${pairName(pair)}</th>
            <td>${signedText(100 * pair.difference, 1)} <span class="quiet">(${pointEnds(pair)})</span></td>
            <td>${pText(pair.p)}</td>
          </tr>`,
      ),
    )}`;
}

function comparedTable(rows: readonly Html[]): Html {
  return html`<table class="plain figures">
    <thead>
      <tr>
        <th scope="col">compared</th>
        <th scope="col">points of accuracy</th>
        <th scope="col">test</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
