import { EDIT_WAYS } from '../../editing/concept-edit.ts';
import { judgedSet, verdictOf, type EditProof, type ProofSet } from '../../editing/edit-proof.ts';
import type { ChangedDecision, RightCounts } from '../../editing/judged-decisions.ts';
import { countOf, listText } from '../../wording/count-text.ts';
import {
  BROKEN_MEANING,
  editChance,
  editedText,
  editTimeText,
  meanSourceText,
  WITHOUT_CLASSES,
  oneScoreText,
  PROOF_SETS,
} from '../../wording/edit-words.ts';
import { intervalText, percentText, signedText } from '../../wording/number-text.ts';
import { fileNameOf } from '../../wording/path-text.ts';
import { html, type Html } from '../html.ts';
import { htmlPage } from '../html-page.ts';
import type { PictureUrl } from '../report-data.ts';
import { factsTable } from '../sections/facts-table.ts';
import { picture } from '../sections/picture.ts';

/** Changed decisions of a kind that are shown with their pictures. */
export const MOST_CHANGED = 36;

/** Everything that the page shows. */
export interface EditPage {
  readonly proof: EditProof;
  /** Where the edited model was written. */
  readonly file: string;
  /** By file, small pictures of decisions that changed; those that can no longer be read are absent. */
  readonly pictures: Readonly<Record<string, PictureUrl>>;
}

/** What an edit of a model does, as one HTML file, as {@link htmlPage}. Everything from outside is escaped. */
export function renderEditPage(page: EditPage): string {
  const { proof } = page;
  const judged = judgedSet(proof);
  const lead = proof.classes.length === 0 ? WITHOUT_CLASSES : leadOf(judged);
  const what = editedText(proof.concepts, proof.onlyClass);
  const body = html`<header class="summary">
      <p class="kicker">Tessera proof of an edited model</p>
      <h1>
        <em><bdi>${fileNameOf(proof.model.path)}</bdi></em> ${what}
      </h1>
      <p class="lead">${lead}</p>
    </header>
    <nav aria-label="Contents">
      <a href="#accuracy">Before and after</a> <a href="#changed">Decisions that changed</a>
      <a href="#scores">Scores</a> <a href="#data">What was done</a>
    </nav>
    <section id="accuracy">
      <h2>Before and after</h2>
      ${proof.notices.map((notice) => html`<p class="intro">${notice}</p>`)}
      ${proof.sets.map((set) => accuracyOf(set))}
    </section>
    <section id="changed">
      <h2>Decisions that changed</h2>
      ${proof.sets.map(
        (set) =>
          html`${proof.sets.length > 1 && html`<h3>${PROOF_SETS[set.kind]}</h3>`}${changedOf(set, page)}`,
      )}
    </section>
    ${scoresSection(judged)} ${dataSection(page)}`;
  return htmlPage({ title: `${fileNameOf(proof.model.path)} ${what}`, description: lead, body });
}

function leadOf(set: ProofSet): string {
  const verdict = verdictOf(set);
  const where = `On ${countOf(set.images, 'image')} (${PROOF_SETS[set.kind].toLowerCase()})`;
  if (verdict === null)
    return `${where} ${countOf(set.otherwise.length, 'decision')} changed. No folder names a class, so that nothing is known of right and wrong.`;
  return `${where} the edit ${verdict}. ${chanceOf(set)}`;
}

function chanceOf({ fixed, broken, pValue = 1 }: ProofSet): string {
  return editChance(pValue, { fixed: fixed.length, broken: broken.length });
}

function accuracyOf(set: ProofSet): Html {
  const { kind, images, all, byClass, byFolder, sides, folders, known } = set;
  const hasOtherFolders = byFolder.some(({ name }) => !byClass.some((one) => one.name === name));
  const verdict = verdictOf(set);
  return html`<h3>${PROOF_SETS[kind]}: ${countOf(images, 'image')}</h3>
    <p class="intro">
      ${folders.map((folder, at) => html`${at > 0 && ', '}<bdi>${folder}</bdi>`)}.
      ${known > 0 && ` ${countOf(known, 'image')} of these folders the run was given; they are not counted here.`}
      ${verdict !== null && ` The edit ${verdict}. ${chanceOf(set)}`}
    </p>
    ${all !== undefined && countsTable('class', [...byClass, { ...all, name: 'all' }])}
    ${all !== undefined && hasOtherFolders && countsTable('folder', byFolder)}
    ${[...new Set(sides.map(({ of }) => of))].map((of) =>
      countsTable(
        of,
        sides.filter((side) => side.of === of),
      ),
    )}`;
}

function countsTable(of: string, groups: readonly RightCounts[]): Html {
  return html`<table class="plain">
    <thead>
      <tr>
        <th scope="col">${of}</th>
        <th scope="col" class="number">images</th>
        <th scope="col" class="number">right before</th>
        <th scope="col" class="number">right after</th>
      </tr>
    </thead>
    <tbody>
      ${groups.map(
        ({ name, images, before, after }) =>
          html`<tr>
            <th scope="row"><bdi>${name}</bdi></th>
            <td class="number">${images}</td>
            <td class="number">${shareText(before)}</td>
            <td class="number">${shareText(after)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function shareText(share: RightCounts['before']): Html {
  return html`${percentText(share.value)} <span class="quiet">(${intervalText(share)})</span>`;
}

function changedOf({ fixed, broken, otherwise }: ProofSet, page: EditPage): Html {
  if (fixed.length + broken.length + otherwise.length === 0)
    return html`<p class="intro">Every decision is what it was.</p>`;
  return html`${gallery('Wrong before, right after', fixed, page)}
  ${gallery('Right before, wrong after', broken, page, BROKEN_MEANING)}
  ${gallery('Decided otherwise, right neither before nor after, or not known', otherwise, page)}`;
}

function gallery(
  title: string,
  changed: readonly ChangedDecision[],
  page: EditPage,
  meaning?: string,
): Html | false {
  if (changed.length === 0) return false;
  const more = changed.length - MOST_CHANGED;
  return html`<h4>${title}: ${countOf(changed.length, 'image')}</h4>
    ${meaning !== undefined && html`<p class="intro">${meaning}</p>`}
    <ul class="mistakes">
      ${changed.slice(0, MOST_CHANGED).map((one) => card(one, page))}
    </ul>
    ${more > 0 && html`<p class="quiet">${countOf(more, 'more is', 'more are')} not shown.</p>`}`;
}

function card({ file, truth, before, after }: ChangedDecision, { proof, pictures }: EditPage): Html {
  const name = fileNameOf(file);
  const src = pictures[file];
  const classes = proof.classes;
  return html`<li>
    ${src === undefined ? html`<p class="gone quiet">The picture can no longer be read.</p>` : picture(src, name)}
    <div class="small">
      <p class="file" title="${file}"><bdi>${name}</bdi></p>
      <p>
        before <strong><bdi>${classes[before]}</bdi></strong>
      </p>
      <p>
        after <strong><bdi>${classes[after]}</bdi></strong>
      </p>
      ${truth !== undefined && html`<p class="quiet">folder: <bdi>${classes[truth]}</bdi></p>`}
    </div>
  </li>`;
}

/** Classes whose scores are listed: those that change most. */
const MOST_SCORES = 30;

function scoresSection({ scores, images }: ProofSet): Html {
  const shown = [...scores].sort((a, b) => b.absolute - a.absolute).slice(0, MOST_SCORES);
  return html`<section id="scores">
    <h2>Scores</h2>
    <p class="intro">
      By how much the raw score of each class changes, over ${countOf(images, 'image')}: on average, and
      however it changes. An edit that touches one thing only leaves the others near 0.
    </p>
    <table class="plain">
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col" class="number">on average</th>
          <th scope="col" class="number">up or down by</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          ({ name, mean, absolute }) =>
            html`<tr>
              <th scope="row"><bdi>${name}</bdi></th>
              <td class="number">${signedText(mean)}</td>
              <td class="number">${absolute.toFixed(2)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${scores.length > shown.length && html`<p class="quiet">${countOf(scores.length - shown.length, 'other class', 'other classes')} change less.</p>`}
  </section>`;
}

function dataSection({ proof, file }: EditPage): Html {
  const { model, edited, run, layer, how, concepts, above, onlyClass, without, check, time, alsoChanged } =
    proof;
  const facts: readonly (readonly [string, string])[] = [
    ['model', model.path],
    ['SHA-256', model.sha256],
    ['edited model', file],
    ['SHA-256 of the edited model', edited.sha256],
    ['run', `${run.id}, ${run.className}`],
    ['layer', layer],
    ['concepts', listText(concepts.map(({ name, factor }) => `${name} × ${factor}`))],
    ['how', EDIT_WAYS[how]],
    ...(above === undefined
      ? []
      : [['left alone', `amounts up to ${percentText(above)} of the run's largest`] as const]),
    ...(onlyClass === undefined ? [] : [['scores changed', oneScoreText(onlyClass)] as const]),
    ...(without === undefined ? [] : [['mean of', meanSourceText(without)] as const]),
    [
      'operators added',
      `${edited.nodes}${edited.isInlined ? '; functions of the file are written out' : ''}`,
    ],
    [
      'scores',
      `within ${check.largest.toExponential(0)} of the same edit by exact amounts, on ${countOf(check.images, 'image')}`,
    ],
    ['time an image', `${editTimeText(time)}; one at a time on the processor`],
    ...(alsoChanged.length === 0
      ? []
      : [
          [
            'other outputs',
            `${listText([...alsoChanged])} follow from the layer, and so change too`,
          ] as const,
        ]),
  ];
  return html`<section id="data">
    <h2>What was done</h2>
    <p class="intro">
      At one layer of the model a few plain operators take the concepts out of the activations; all that
      followed from the layer follows from the result. Inputs, outputs, weights and the original file are as
      they were.
    </p>
    ${factsTable(
      'The edit',
      facts.map(([name, value]) => [name, html`<bdi>${value}</bdi>`] as const),
    )}
  </section>`;
}
