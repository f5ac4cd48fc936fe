import { TesseraError } from '../../core/errors.ts';
import { scanImages } from '../../core/images/folder-scan.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { predict as askAll } from '../../core/pipeline/stages/predictions.ts';
import { UNKEPT_ENTRY } from '../../core/project/stage-entry.ts';
import { transparencyText } from '../../core/wording/input-words.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { INTAKE_OPTIONS, optionTable, readOptions } from './option-arguments.ts';
import { predictionFacts, predictionRows, predictionText } from './predict-output.ts';
import { predictionNotes, probabilityNotes } from './predict-notes.ts';
import { progressPrinter } from './progress.ts';
import { writeCsv } from './write-csv.ts';

const TABLE: OptionTable = {
  ...optionTable(['model', 'images', 'device', ...INTAKE_OPTIONS]),
  csv: { type: 'string' },
  json: { type: 'boolean' },
};

/** `predict`: what a model says of every picture, and what their folders say; no project is made. */
export async function predict(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { model, images, device: choice, ...intakeOptions } = readQuestion(args);
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, model, intakeOptions);
  const scan = await scanImages(environment.storage, images);
  const files = scan.images;
  const device = await environment.openDevice(choice);
  for (const reason of device.fallbackReasons) console.error(reason);
  const work = { environment, model: intake, device, files, signal };
  const scores = new Map<string, Float32Array>();
  const { predictions, transparent, skipped } = await askAll(
    { ...work, onProgress: progressPrinter(process.stderr), entry: UNKEPT_ENTRY, options: {}, inputs: {} },
    { onScores: (file, own) => scores.set(file, own.slice()) },
  );
  const { alpha = 'white' } = intake.preprocessing.preprocessing;
  if (transparent > 0) console.error(`${transparencyText(transparent, alpha)} See --alpha.`);
  const notes = [
    ...predictionNotes(intake, files, predictions),
    ...probabilityNotes(intake.scores, scores.values()),
  ];
  for (const note of notes) console.error(note);
  const facts = predictionFacts(intake, files, {
    predictions,
    scores,
    skipped: [...scan.skipped, ...skipped],
  });
  const csv = args.text('csv');
  if (csv !== undefined) await writeCsv(csv, predictionRows(facts));
  if (args.flag('json')) console.log(JSON.stringify(facts, null, 2));
  else console.log(predictionText(facts, { listsAll: csv === undefined }));
}

function readQuestion(args: ParsedArguments) {
  const said = readOptions(args);
  if (args.positionals.length > 0 || said.model === undefined || said.images === undefined) {
    throw new TesseraError('bad-usage', 'predict takes a model and folders of images, each by its name.', {
      hint: 'tessera predict --model model.onnx --images photos',
    });
  }
  const { model, images, device = 'auto', ...rest } = said;
  return { model, images, device, ...rest };
}
