import type { Decomposition } from '../../concepts/explanation.ts';
import { conceptTree, flatTree, type TreeNode } from '../../concepts/recursion/concept-tree.ts';
import { countOf } from '../../wording/count-text.ts';
import { decimalText, intervalText, percentText } from '../../wording/number-text.ts';
import { html, type Html } from '../html.ts';
import type { ReportData } from '../report-data.ts';
import { picture } from './picture.ts';
import { colourStyle } from './swatch.ts';

/** Thickness in pixels of the line to a part on which its parent depends wholly. */
const WIDEST = 14;
const THINNEST = 1.5;

/** What the concepts are made of: a tree for each one that was decomposed; undefined where none was. */
export function partsSection(data: ReportData): Html | undefined {
  const { explanation, notes } = data;
  const roots = conceptTree(explanation, notes.joined).map((node, rank) => ({ node, rank }));
  const shown = roots.filter(
    ({ node }) => node.decomposition !== undefined && !notes.hidden.includes(node.concept.id),
  );
  if (shown.length === 0) return undefined;
  return html`<section id="parts">
    <h2>What the concepts are made of</h2>
    <p class="intro">
      Read from left to right: a concept was decomposed into what an earlier layer of the model sees in its
      places, and the thicker the line to a part, the more the concept depends on it. The percentage is the
      share of the concept's movement that involves the part when all parts are turned up and down at random,
      with its 95&nbsp;% interval; beside three crops, the last picture shows where the part is. Above the
      parts: how well they rebuild the earlier layer there, how well the concept comes back from what they
      rebuild (1 is all), and how alike the parts found in half of the images are. Below 0.5 the parts tell
      little of their concept.
      <span class="quiet"
        >Sobol total index on the concept's mean coefficient, by least squares at its layer; R² and relative
        error of the activations; cosine of matched parts.</span
      >
    </p>
    ${shown.map(({ node, rank }) => rootOf(node, rank, data))}
  </section>`;
}

function rootOf(node: TreeNode, rank: number, data: ReportData): Html {
  return html`<div class="tree-root" style="${colourStyle(rank)}">${branch(node, data, 'div')}</div>`;
}

function branch(node: TreeNode, data: ReportData, tag: 'div' | 'li'): Html {
  const { decomposition, parts } = node;
  const content = html`${card(node, data)}
  ${
    decomposition &&
    html`<ul>
      ${edge(decomposition)} ${parts.map((part) => branch(part, data, 'li'))}
    </ul>`
  }`;
  if (tag === 'div') return html`<div class="tree-node">${content}</div>`;
  const flow = THINNEST + (WIDEST - THINNEST) * Math.min(1, Math.max(0, node.concept.importance.mean));
  return html`<li class="tree-node" id="${node.concept.id}" style="--flow:${flow.toFixed(1)}px">
    ${content}
  </li>`;
}

function card({ concept, depth, from }: TreeNode, { pictures, explanation, notes }: ReportData): Html {
  const own = pictures[concept.id];
  const [example] = own?.examples ?? [];
  const name = notes.names[concept.id] ?? concept.name;
  const of = depth === 0 ? explanation.images.length : (from?.images.length ?? 0);
  return html`<div class="tree-card">
    <div class="tree-crops">
      ${own?.crops.slice(0, example ? 3 : 4).map(({ src }) => picture(src, `Crop of ${name}`))}
      ${example && picture(example.map, `Where ${name} is: brighter is stronger`)}
    </div>
    <p>
      <strong><bdi>${name}</bdi></strong> ${percentText(concept.importance.mean)}
      <span class="quiet">${intervalText(concept.importance)}</span>
    </p>
    <p class="quiet">
      ${depth === 0 ? 'of the score; ' : ''}in ${percentText(concept.prevalence)} of ${countOf(of, 'image')}
    </p>
  </div>`;
}

/** How far the parts may be believed: what they rebuild, and what comes back of the parent. */
function edge({ layer, reconstruction, reproduction, stability }: Decomposition): Html {
  return html`<li class="tree-edge">
    <code>${layer.tensor}</code><br />rebuilt R²&nbsp;${decimalText(reconstruction.r2)}, error
    ${percentText(reconstruction.relativeError)} · comes back R²&nbsp;${decimalText(reproduction.r2)} · found
    again ${decimalText(stability)}
  </li>`;
}

/** Parts whose pictures the section shows. */
export function shownParts({ explanation, notes }: Pick<ReportData, 'explanation' | 'notes'>) {
  return flatTree(conceptTree(explanation, notes.joined)).filter(({ depth }) => depth > 0);
}
