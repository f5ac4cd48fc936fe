import { listText } from '../../wording/count-text.ts';
import { percentText } from '../../wording/number-text.ts';
import type { MonitorFacts } from './monitor-facts.ts';

/** Array types of pictures in JavaScript, by the type of the model's input. */
const ARRAYS: Readonly<Record<string, string>> = {
  float64: 'Float64Array',
  float16: 'Uint16Array',
  uint8: 'Uint8Array',
  int8: 'Int8Array',
  uint16: 'Uint16Array',
  int16: 'Int16Array',
  int32: 'Int32Array',
  uint32: 'Uint32Array',
};

/** The files of a monitor, as the page names them. */
export interface MonitorNames {
  readonly model: string;
  readonly facts: string;
}

/**
 * The page for whoever runs the model: what the file gives, how to read new pictures with it in Python and in JavaScript, and
 * what it does not tell. Markdown; a test runs its code as it stands.
 */
export function monitorPage(facts: MonitorFacts, names: MonitorNames): string {
  return `${[
    `# ${names.model}: the model, with what it sees`,
    whatItIs(facts, names),
    '## What goes in',
    inputText(facts),
    '## What comes out',
    outputTable(facts),
    '## Concepts',
    conceptTable(facts),
    '## Watch new pictures in Python',
    pythonText(facts, names),
    '## Watch new pictures in JavaScript',
    scriptText(facts, names),
    '## How exact it is, and what it does not tell',
    limitText(facts),
  ].join('\n\n')}\n`;
}

function whatItIs({ madeOf, explains, outputs }: MonitorFacts, { facts }: MonitorNames): string {
  return [
    `Made of \`${madeOf.model}\`, which was not changed. It takes the same pictures and answers the same, under the same names (${listed(outputs.model)}): put it in the model's place.`,
    `For every picture it also says how much of each concept behind "${inline(explains.name)}" it sees.`,
    `\`${facts}\` has the names, and how much the pictures had that the concepts were found in.`,
  ].join('\n');
}

function inputText({ input, preprocessing }: MonitorFacts): string {
  const shape = ['n', ...input.shape].join(', ');
  const batch = input.batch === null ? 'Any number of pictures at once.' : `Exactly ${input.batch} at once.`;
  return `\`${input.name}\`: ${input.type} [${shape}]. ${batch} Pictures are prepared as the model always wanted them: ${preprocessing.text}.`;
}

function outputTable({ outputs, explains }: MonitorFacts): string {
  const contributions =
    outputs.contributions === null
      ? []
      : [
          `| \`${outputs.contributions}\` [n, concepts] | by how much the score of "${inline(explains.name)}" falls without the concept; below 0 it would rise |`,
        ];
  return [
    '| Output | What it says |',
    '| --- | --- |',
    `| ${listed(outputs.model)} | what the model always said |`,
    `| \`${outputs.amounts}\` [n, concepts] | how strong each concept is where it is strongest in the picture; 0 is not there |`,
    ...contributions,
    `| \`${outputs.rest}\` [n] | share of what the model sees that no concept explains, 0 to 1; much of it says that the picture is of a kind that was not there before |`,
    ...(outputs.withoutContributions === null
      ? []
      : ['', `Contributions are not in this file: ${outputs.withoutContributions}.`]),
  ].join('\n');
}

function conceptTable({ concepts, watched }: MonitorFacts): string {
  const rows = concepts.map(
    ({ column, id, name, importance, mergedOf }) =>
      `| ${column} | ${inline(name)} | ${mergedOf.length > 0 ? mergedOf.join(' + ') : id} | ${percentText(importance)} | ${short(watched[column].quantiles.all['0.50'])} | ${short(watched[column].quantiles.all['0.95'])} |`,
  );
  return [
    '| Column | Concept | Id | Importance | Half of the pictures are below | 95 % are below |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function pythonText({ input }: MonitorFacts, { model, facts }: MonitorNames): string {
  return `\`pip install onnxruntime numpy\`. \`pictures.bin\` stands for your pictures, prepared as above.

\`\`\`python
import json, numpy as np, onnxruntime
facts = json.load(open(${quoted(facts)}, encoding="utf-8"))
session = onnxruntime.InferenceSession(${quoted(model)}, providers=["CPUExecutionProvider"])
pictures = np.fromfile("pictures.bin", np.${input.type}).reshape(${['-1', ...input.shape].join(', ')})
names, batch = sorted({w["output"] for w in facts["watched"]}), facts["input"]["batch"] or 8
said = [session.run(names, {facts["input"]["name"]: pictures[i:i + batch]}) for i in range(0, len(pictures), batch)]
seen = {name: np.concatenate(parts) for name, parts in zip(names, zip(*said))}
for w in facts["watched"]:
    amounts = seen[w["output"]] if w["column"] is None else seen[w["output"]][:, w["column"]]
    share = np.mean(amounts > w["quantiles"]["all"]["0.95"])  # 5 % if new pictures are like those of the run
    print(f"{w['name']}\\t{amounts.mean():.4g}\\t{share:.3f}\\t{'look at these' if share > 0.15 else 'as before'}")
\`\`\``;
}

function scriptText({ input }: MonitorFacts, { model, facts }: MonitorNames): string {
  const array = ARRAYS[input.type] ?? 'Float32Array';
  return `\`npm install onnxruntime-node\`; in a web page, \`onnxruntime-web\` has the same calls.

\`\`\`js
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
const facts = JSON.parse(readFileSync(${quoted(facts)}, 'utf8'));
const session = await ort.InferenceSession.create(${quoted(model)});
const pictures = new ${array}(new Uint8Array(readFileSync('pictures.bin')).buffer);
const { name, type, shape, batch } = facts.input, size = shape.reduce((a, b) => a * b), step = size * (batch ?? 8), seen = [];
for (let i = 0; i < pictures.length; i += step) {
  const part = pictures.subarray(i, i + step);
  const said = await session.run({ [name]: new ort.Tensor(type, part, [part.length / size, ...shape]) });
  for (let n = 0; n < part.length / size; n++)
    seen.push(facts.watched.map(({ output, column }) => said[output].data[n * (said[output].dims[1] ?? 1) + (column ?? 0)]));
}
facts.watched.forEach(({ name, quantiles }, k) => {
  const share = seen.filter((one) => one[k] > quantiles.all['0.95']).length / seen.length; // 5 % if nothing changed
  console.log([name, seen.reduce((sum, one) => sum + one[k], 0) / seen.length, share].join('\\t'));
});
\`\`\``;
}

function limitText({ agreement, reference, input, explains, outputs, concepts }: MonitorFacts): string {
  const isReached = agreement.status === 'reached';
  const amounts = `In ${agreement.images} pictures of the run, amounts differ from the run's by at most ${short(100 * agreement.amounts)} % of the concept's largest amount`;
  return [
    isReached
      ? `- ${amounts}; ${short(100 * agreement.tolerance)} % was allowed.`
      : `- **${amounts}, more than the ${short(100 * agreement.tolerance)} % that was allowed**: directions of concepts are nearly the same, or the model computes in half precision. Watch for large changes only.`,
    agreement.answers === 0
      ? `- The model's own answers are the same to the last digit.`
      : `- The model's own answers differ by at most ${short(agreement.answers)} of the largest: rounding.`,
    ...(outputs.contributionsBy === 'linear'
      ? ['- Contributions are exact: the score is linear in the concepts.']
      : []),
    ...ownText(concepts, outputs.contributions),
    `- Figures are of ${reference.images} pictures, ${reference.explained} of them answered "${inline(explains.name)}". \`quantiles.explained\` is of those alone: compare with it if you look at such answers only.`,
    `- What is none of these concepts shows in the rest alone. A concept that is as strong as before may lie elsewhere in the picture.`,
    `- Pictures of ${input.layout === 'NCHW' ? `${input.shape[2]} x ${input.shape[1]}` : `${input.shape[1]} x ${input.shape[0]}`} pixels, as the run had them; other sizes give other amounts.`,
    '- With 20 pictures, 15 % above a mark that 5 % should pass is chance. Wait for 100, or compare with `tessera score`, which tests it.',
  ].join('\n');
}

/** What is not told of concepts that were given by examples. */
function ownText(concepts: MonitorFacts['concepts'], contributions: string | null): string[] {
  const own = concepts.filter(({ kind }) => kind === 'own').map(({ name }) => inline(name));
  if (own.length === 0 || contributions === null) return [];
  return [
    `- ${listText(own)}, given by examples, ${own.length === 1 ? 'has' : 'have'} amounts but no contributions: \`${contributions}\` has the other columns alone.`,
  ];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

/** A name that a person gave, as text of a table: no cell, code or line ends in it. */
function inline(name: string): string {
  return name.replace(/\s+/g, ' ').replace(/[\\`*_|<>[\]]/g, (mark) => `\\${mark}`);
}

/** A file name as a string of either language. */
function quoted(name: string): string {
  return JSON.stringify(name);
}

function short(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(2)));
}
