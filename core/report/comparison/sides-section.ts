import { countOf } from '../../wording/count-text.ts';
import { html, type Html, type HtmlValue } from '../html.ts';
import { sideName, type ComparedSide, type ComparedSides } from './comparison-data.ts';

/** What was compared: both runs, side by side. */
export function sidesSection({ a, b }: ComparedSides): Html {
  const facts: readonly (readonly [name: string, of: (side: ComparedSide) => HtmlValue])[] = [
    ['run', (side) => html`<bdi>${sideName(side)}</bdi>`],
    ['project', (side) => html`<bdi>${side.folder}</bdi>`],
    ['model', (side) => html`<bdi>${side.model}</bdi>`],
    ['SHA-256', (side) => side.compared.model],
    ['explained', (side) => html`<bdi>${side.explanation.className}</bdi>`],
    [
      'layer',
      (side) =>
        html`<bdi>${side.explanation.layer.tensor}</bdi>, ${side.explanation.layer.grid.join(' × ')} places`,
    ],
    ['concepts', (side) => countOf(side.compared.concepts.length, 'concept')],
    ['images explained', (side) => countOf(side.compared.images.length, 'image')],
  ];
  return html`<section id="data">
    <h2>What was compared</h2>
    <table class="plain">
      <caption>
        Both runs
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">fact</span></th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        ${facts.map(
          ([name, of]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${of(a)}</td>
              <td>${of(b)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
