import type { EditProof } from '../../editing/edit-proof.ts';
import { judgedSet, verdictOf } from '../../editing/edit-proof.ts';
import { EDIT_WAYS } from '../../editing/concept-edit.ts';
import { countOf, listText } from '../../wording/count-text.ts';
import { BROKEN_MEANING, editChance, editedText, PROOF_SETS } from '../../wording/edit-words.ts';
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
  readonly run: { readonly id: string; readonly className: string; readonly made: string };
  /** Concepts that were found, by importance: names and shares. */
  readonly concepts: readonly { readonly name: string; readonly importance: string }[];
  /** Absent where the model was not edited. */
  readonly edit?: EditProof;
  /** Why there is no monitor, in words; absent where there is one. */
  readonly withoutMonitor?: string;
  readonly tessera: string;
  readonly files: readonly PackagedFile[];
}

/** The README of an audit package, as Markdown, for the people to whom the model belongs: what is in it and what to do with it. */
export function packageReadme(facts: PackageFacts): string {
  const { model, run, concepts, files, tessera } = facts;
  const name = plain(fileNameOf(model.path));
  return [
    `# Audit of ${name}`,
    '',
    `This folder holds what an audit of ${name} found, and what can be done about it. It was made by Tessera ${tessera} from a run of ${run.made.slice(0, 10)}, which looked into what the model goes by when it says "${plain(run.className)}".`,
    '',
    '## What the model goes by',
    '',
    `Tessera takes what the model computes of pictures apart into concepts, and measures which share of what moves the answer involves each. ${countOf(concepts.length, 'concept')}${concepts.length > MOST_LISTED ? `, of which the ${MOST_LISTED} most important are` : ', the most important first'}:`,
    '',
    ...concepts.slice(0, MOST_LISTED).map((one) => `- ${plain(one.name)}: ${one.importance}`),
    '',
    'Open `report.html` in any browser: it shows each concept in pictures, how far the explanation can be trusted, and what it does not explain.',
    '',
    ...editSection(facts),
    ...monitorSection(facts),
    '## Files',
    '',
    '| file | what it is |',
    '|---|---|',
    ...files.map((file) => `| \`${file.name}\` | ${file.text} |`),
    '',
    '`contents.json` lists every file with its size and SHA-256; it is written last, so that a package without it is not whole.',
    '',
    '## Where it comes from',
    '',
    `- Model: ${name}, SHA-256 \`${model.sha256}\`. The file itself is not in the package and was not changed.`,
    `- Run: ${plain(run.id)}, in \`run/\`, with all options, versions and arrays; Tessera opens it again in its project.`,
    '',
  ].join('\n');
}

/** Concepts that the README names; the report has all. */
const MOST_LISTED = 10;

function editSection({ edit }: PackageFacts): string[] {
  if (edit === undefined) return [];
  const judged = judgedSet(edit);
  const verdict = verdictOf(judged);
  const images = `${countOf(judged.images, 'image')} (${PROOF_SETS[judged.kind].toLowerCase()})`;
  const counts = { fixed: judged.fixed.length, broken: judged.broken.length };
  const slower = edit.time.before > 0 ? edit.time.after / edit.time.before : undefined;
  return [
    '## The edited model',
    '',
    `\`edited-model.onnx\` is the model ${plain(editedText(edit.concepts))}. ${EDIT_WAYS[edit.how]}, at the layer ${plain(edit.layer)}: a few plain operators were put in there; weights, inputs and outputs are as they were, so that it can take the place of the model wherever that runs.`,
    '',
    verdict === null
      ? `On ${images} ${countOf(judged.otherwise.length, 'decision')} changed; no folder names a class, so nothing is known of right and wrong.`
      : `On ${images} it ${verdict}. ${editChance(judged.pValue ?? 1, counts)} ${BROKEN_MEANING}`,
    ...(judged.kind === 'run'
      ? ['', 'These are the images of the audit itself. What it does on others was not tried.']
      : []),
    ...(slower === undefined
      ? []
      : [
          '',
          `An image takes ${slower.toFixed(2)} times as long as before (one at a time, on one processor).`,
        ]),
    ...(edit.alsoChanged.length > 0
      ? ['', `Other outputs that follow from the layer change too: ${listText(edit.alsoChanged.map(plain))}.`]
      : []),
    '',
    'Before you use it:',
    '',
    '1. Read `edit.html`: it shows each decision that became right or wrong, by class and by folder.',
    '2. Try it on pictures of your own that had no part in this, above all on ones without what was taken out.',
    '3. Keep the model as it was. An edit mends what was measured here; it does not replace training on better pictures.',
    '',
  ];
}

function monitorSection({ withoutMonitor }: PackageFacts): string[] {
  const title = ['## Watching the model', ''];
  if (withoutMonitor !== undefined) return [...title, `There is no monitor: ${withoutMonitor}`, ''];
  return [
    ...title,
    '`monitor/monitor.onnx` is the model as it was, with the amount of every concept and what no concept explains as further outputs. Run in the place of the model it tells when pictures begin to look otherwise than those of the audit; `monitor/monitor.md` has ten lines each of Python and JavaScript that do so.',
    '',
  ];
}

/** Text of others without what Markdown takes for its own, on one line. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`);
}
