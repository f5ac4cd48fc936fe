import { cellText, renderFigure } from '../../core/experiments/index.ts';
import type { Experiment, ExperimentResult } from '../../core/experiments/index.ts';
import { htmlPage } from '../../core/report/html-page.ts';
import { html, trustedMarkup, type Html } from '../../core/report/html.ts';

/** An experiment with what came of it, for the page. */
export interface FinishedExperiment {
  readonly experiment: Experiment;
  readonly result: ExperimentResult;
}

/** Where and how the experiments ran: what their figures depend on. */
export interface ExperimentConditions {
  readonly seed: number;
  readonly scale: number;
  readonly backend: string;
}

/** Figures stand on white in both themes: their colours are made for it. */
const STYLE = `
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(620px, 100%), 1fr)); gap: 16px; margin-top: 16px; }
.figures svg { width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.figures figure { max-width: 760px; }
.measured { overflow-x: auto; margin-top: 16px; }
.measured table { border-collapse: collapse; font-size: 13px; }
.measured th, .measured td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
.measured th { color: var(--quiet); font-weight: 500; vertical-align: bottom; white-space: normal; }
.contents { columns: 2 320px; margin-top: 20px; }
.contents li { margin: 4px 0; }
section > p { max-width: 86ch; margin-top: 8px; }
`;

/** One page with the tables and figures of all experiments that ran: no script, no request. */
export function experimentPage(
  finished: readonly FinishedExperiment[],
  { seed, scale, backend }: ExperimentConditions,
): string {
  const small = scale < 1 ? ` Problems at ${scale} of their size: a quick look, not for citing.` : '';
  const body = html`
    <style>
      ${trustedMarkup(STYLE)}
    </style>
    <h1>Experiments with implicit differentiation</h1>
    <p class="intro">
      After Blondel et al. 2022, “Efficient and Modular Implicit Differentiation”, on public data where the
      paper’s allow it. Seeds from ${seed}, backend ${backend}, processor time of this machine.${small}
    </p>
    <ul class="contents">
      ${finished.map(({ experiment: { name, title } }) => html`<li><a href="#${name}">${title}</a></li> `)}
    </ul>
    ${finished.map(section)}
  `;
  return htmlPage({
    title: 'Experiments with implicit differentiation',
    description: 'Tables and figures of the experiments of the implicit differentiation toolkit',
    body,
  });
}

function section({ experiment, result }: FinishedExperiment): Html {
  const { name, title, inPaper, sources } = experiment;
  return html`
    <section id="${name}">
      <h2>${title}</h2>
      ${result.notes.map((note) => html`<p>${note}</p> `)}
      <p class="quiet">${inPaper}</p>
      <div class="figures">
        ${result.figures.map((figure) => html`<figure>${trustedMarkup(renderFigure(figure))}</figure> `)}
      </div>
      <div class="measured">${table(result)}</div>
      ${sources.length > 0 ? html`<p class="quiet small">Data: ${sources.join('; ')}</p>` : ''}
      <p class="quiet small"><code>npm run experiment -- ${name}</code></p>
    </section>
  `;
}

function table({ columns, rows }: ExperimentResult): Html {
  return html`<table>
    <thead>
      <tr>
        ${columns.map((name) => html`<th scope="col">${name}</th> `)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell) => html`<td>${cellText(cell)}</td> `)}
          </tr> `,
      )}
    </tbody>
  </table>`;
}
