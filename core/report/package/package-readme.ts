import { verdictOf, type EditProof, type ProofSet } from '../../editing/edit-proof.ts';
import { countOf, listText } from '../../wording/count-text.ts';
import { BROKEN_MEANING, editChance, editedText, PROOF_SETS } from '../../wording/edit-words.ts';
import { percentText } from '../../wording/number-text.ts';
import { fileNameOf } from '../../wording/path-text.ts';

/** A file of an audit package, and what it is for. */
export interface PackagedFile {
  /** Path within the package, with slashes. */
  readonly name: string;
  readonly text: string;
}

/** What the README of a package tells. */
export interface PackageFacts {
  readonly model: { readonly path: string; readonly sha256: string };
  readonly run: {
    readonly id: string;
    readonly className: string;
    readonly made: string;
    readonly images: number;
  };
  /** The first paragraph of the report. */
  readonly found: string;
  readonly trust: { readonly headline: string; readonly advice: string };
  /** Absent where the model was not edited. */
  readonly edit?: EditProof;
  /** Why there is no monitor, in words; absent where there is one. */
  readonly withoutMonitor?: string;
  readonly tessera: string;
  readonly files: readonly PackagedFile[];
}

/** The README of an audit package, as Markdown, for the people to whom the model belongs: what is in it and what to do with it. */
export function packageReadme(facts: PackageFacts): string {
  const { model, run, found, trust, files, tessera } = facts;
  const name = plain(fileNameOf(model.path));
  return [
    `# Audit of ${name}`,
    '',
    `This folder holds what an audit of ${name} found, and what can be done about it. It was made by Tessera ${tessera} from a run of ${run.made.slice(0, 10)}, which looked into what the model goes by when it says "${plain(run.className)}", in ${countOf(run.images, 'image')}.`,
    '',
    '## What was found',
    '',
    plain(found),
    '',
    `How far that can be trusted: ${plain(trust.headline)}. ${plain(trust.advice)}`,
    '',
    'A concept is something that the model sees in many pictures. Open `report.html` in any browser: it shows each in pictures, by how much the answer depends on it, and what is not explained.',
    '',
    ...editSection(facts),
    ...monitorSection(facts),
    '## Files',
    '',
    '| file | what it is |',
    '|---|---|',
    ...files.map((file) => `| \`${file.name}\` | ${file.text} |`),
    '',
    '`contents.json` lists every file with its size and SHA-256, and says whether the package is whole. Tables, pages and the run name pictures by where they lay on the computer of the audit.',
    '',
    '## Where it comes from',
    '',
    `- Model: ${name}, SHA-256 \`${model.sha256}\`. The file itself is not in the package and was not changed.`,
    `- Run: ${plain(run.id)}, in \`run/\`, with all options, versions and arrays; Tessera opens it again in its project.`,
    '',
  ].join('\n');
}

/** What became of the concepts, as a sentence. */
const DONE: Readonly<Record<EditProof['how'], string>> = {
  pattern:
    'How much there is of it, with all that goes along with it, is set to what pictures without it have on average',
  mean: 'How much there is of it is set to what pictures without it have on average',
  project: 'Its direction is set to what pictures without it have on average',
  remove: 'How much there is of it is taken away, or changed by that share',
};

function editSection({ edit }: PackageFacts): string[] {
  if (edit === undefined) return [];
  const { concepts, how, layer, sets, time, alsoChanged, notices, onlyClass } = edit;
  return [
    '## The edited model',
    '',
    `\`edited-model.onnx\` is the model ${plain(editedText(concepts, onlyClass))}. ${DONE[how]}, at the layer ${plain(layer)}: a few plain operators were put in there. Weights, inputs and outputs are as they were, so that it can take the place of the model wherever that runs.`,
    '',
    ...sets.flatMap((set) => [`- ${setText(set)}`]),
    '',
    BROKEN_MEANING,
    ...notices.flatMap((notice) => ['', plain(notice)]),
    ...(sets.every(({ kind }) => kind === 'run')
      ? ['', 'These are the images of the audit itself. What the edit does on others was not tried.']
      : []),
    ...(time.ratio === undefined
      ? []
      : [
          '',
          `An image takes ${time.ratio.toFixed(2)} times as long as before (one at a time, on one processor).`,
        ]),
    ...(alsoChanged.length > 0
      ? ['', `Other outputs that follow from the layer change too: ${listText(alsoChanged.map(plain))}.`]
      : []),
    '',
    'Before you use it:',
    '',
    '1. Read `edit.html`: it shows decisions that became right or wrong, by class and by folder.',
    '2. Try it on pictures of your own that had no part in this, above all on ones without what was taken out.',
    '3. Keep the model as it was. An edit mends what was measured here; it does not replace training on better pictures.',
    '',
  ];
}

/** Share of right answers that a class loses from which on it is named. */
const LOST = 0.05;

function setText(set: ProofSet): string {
  const verdict = verdictOf(set);
  const images = `On ${countOf(set.images, 'image')} (${PROOF_SETS[set.kind].toLowerCase()})`;
  if (verdict === null)
    return `${images} ${countOf(set.otherwise.length, 'decision')} changed; no folder names a class, so nothing is known of right and wrong.`;
  const counts = { fixed: set.fixed.length, broken: set.broken.length };
  const losing = set.byClass
    .filter(({ before, after }) => before.value - after.value >= LOST)
    .map(
      ({ name, before, after }) =>
        `${plain(name)} (right in ${percentText(before.value)} before, ${percentText(after.value)} after)`,
    );
  const lost = losing.length === 0 ? '' : ` It loses most on ${listText(losing)}.`;
  return `${images} it ${verdict}. ${editChance(set.pValue ?? 1, counts)}${lost}`;
}

function monitorSection({ withoutMonitor }: PackageFacts): string[] {
  const title = ['## Watching the model', ''];
  if (withoutMonitor !== undefined) return [...title, `There is no monitor: ${withoutMonitor}`, ''];
  return [
    ...title,
    '`monitor/monitor.onnx` is the model as it was, with the amount of every concept and what no concept explains as further outputs. Run in the place of the model it tells when pictures begin to look otherwise than those of the audit; `monitor/monitor.md` has the lines of Python and JavaScript that do so.',
    '',
  ];
}

/** Text of others without what Markdown takes for its own, on one line. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`);
}
