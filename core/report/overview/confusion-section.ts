import { countOf, countText } from '../../wording/count-text.ts';
import { overImagesText, percentText } from '../../wording/number-text.ts';
import { sharedText } from '../../wording/overview-words.ts';
import { html, type Html } from '../html.ts';
import type { ModelOverview } from './overview-data.ts';

/** Pairs that are listed. */
const LISTED = 40;

/** Which classes are taken for which, and what the concepts have to do with it. */
export function confusionSection({ confused, names, conceptNames, answers }: ModelOverview): Html {
  const { known, hits } = answers;
  return html`<section id="confusion">
    <h2>What is taken for what</h2>
    ${
      known === 0
        ? html`<p class="intro">No folder names a class, so right and wrong are not known.</p>`
        : html`<p class="intro">
            ${countText(hits)} of ${countOf(known, 'image')} in folders of classes are called as their folder.
            A folder may be wrong, too.
          </p>`
    }
    ${
      confused.length > 0 &&
      html`<table class="plain">
        <thead>
          <tr>
            <th scope="col">folder</th>
            <th scope="col">called</th>
            <th scope="col">how often</th>
            <th scope="col">in common</th>
          </tr>
        </thead>
        <tbody>
          ${confused.slice(0, LISTED).map(
            ({ truth, predicted, count, images, share, shared }) =>
              html`<tr>
                <td><bdi>${names[truth]}</bdi></td>
                <td><bdi>${names[predicted]}</bdi></td>
                <td>
                  ${count} of ${images}, ${percentText(share.value)}
                  <span class="quiet">${overImagesText(share, images)}</span>
                </td>
                <td>
                  ${shared === undefined ? html`<span class="quiet">one of them is not explained</span>` : sharedText(shared.map((id) => conceptNames[id]))}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>`
    }
    ${confused.length > LISTED && html`<p class="quiet">and ${countOf(confused.length - LISTED, 'pair')} more, each as often or less.</p>`}
  </section>`;
}
