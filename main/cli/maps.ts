import path from 'node:path';
import { MAP_METHOD_TITLES, type ValueMethod } from '../../core/attribution/methods.ts';
import { choice, takenWords, whole, type Formed } from '../../core/concepts/option-forms.ts';
import { TesseraError } from '../../core/errors.ts';
import type { SkippedFile } from '../../core/concepts/explanation.ts';
import { scanImages } from '../../core/images/folder-scan.ts';
import { previewSample } from '../../core/images/preview-sample.ts';
import { mapsPageMaker, methodText, whyNoConcepts, wordsOf } from '../../core/pipeline/maps-page.ts';
import { openModel, type ModelIntake } from '../../core/pipeline/model-intake.ts';
import {
  checkMapsQuestion,
  drawScoreMaps,
  type MapsQuestion,
  type ScoreMap,
} from '../../core/pipeline/score-maps.ts';
import { namedAnswer } from '../../core/score/named-answer.ts';
import { scoreRecord } from '../../core/score/score-record.ts';
import { countOf } from '../../core/wording/count-text.ts';
import { transparencyText } from '../../core/wording/input-words.ts';
import { MAPS_INSTEAD, WHERE_NOT_WHAT } from '../../core/wording/map-words.ts';
import { originText } from '../../core/wording/preprocessing-words.ts';
import { scoreName } from '../../core/wording/score-words.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { scoreFacts } from './inspect.ts';
import { INTAKE_OPTIONS, optionTable, readOptions } from './option-arguments.ts';
import { progressPrinter } from './progress.ts';
import { pageArgument } from './page-argument.ts';

const { occlusion, rise, 'sobol-attribution': sobol } = MAP_METHOD_TITLES;
const METHOD = choice<ValueMethod>({ occlusion, rise, 'sobol-attribution': sobol });
const COUNT = whole(1, 1000);
const [USUAL_METHOD, USUAL_COUNT] = ['occlusion', 8] as const;

const TABLE: OptionTable = {
  ...optionTable(['model', 'images', 'class', 'against', 'reference', 'seed', 'device', ...INTAKE_OPTIONS]),
  method: { type: 'string', takes: takenWords(METHOD.form) },
  count: { type: 'string', takes: takenWords(COUNT.form) },
  out: { type: 'string' },
  json: { type: 'boolean' },
};

/** `maps`: where in pictures a score comes from, without concepts; writes a page, makes no project. */
export async function mapsCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { model, images, device: choice, count, question, said } = readQuestion(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const intake = await openModel(storage, model, said);
  checkMapsQuestion(intake.scores, question);
  const scan = await scanImages(storage, images);
  const files = previewSample(scan.images, count).map((index) => scan.images[index]);
  const device = await environment.openDevice(choice);
  for (const reason of device.fallbackReasons) console.error(shownName(reason));
  if (intake.preprocessing.source === 'default') console.error(originText(intake.preprocessing));
  const page = mapsPageMaker(environment.codec, intake, question);
  const found: ScoreMap[] = [];
  const asJson = args.flag('json');
  const onMap = async (map: ScoreMap): Promise<void> => {
    await page.add(map);
    // The pixels of many maps are held only where they are asked for.
    found.push(asJson ? map : { ...map, map: new Float32Array() });
  };
  const listener = { onMap, onProgress: progressPrinter(process.stderr), signal };
  const { transparent, skipped: unusable } = await drawScoreMaps(
    { environment, device, intake },
    files,
    question,
    listener,
  );
  const { alpha = 'white' } = intake.preprocessing.preprocessing;
  if (transparent > 0) console.error(`${transparencyText(transparent, alpha)} See --alpha.`);
  const skipped = [...scan.skipped, ...unusable];
  const out = pageArgument(args, 'out') ?? `${path.basename(model).replace(/\.onnx$/i, '')}.maps.html`;
  await storage.writeAtomic(out, page.page({ skipped, transparent }));
  if (asJson) console.log(JSON.stringify(mapsJson(intake, question, { found, skipped, page: out }), null, 2));
  else console.log(shownName(mapsText(intake, { found, skipped, page: out })));
}

function readQuestion(args: ParsedArguments) {
  const {
    model,
    images,
    device = 'auto',
    seed = 0,
    class: name,
    against,
    reference,
    ...said
  } = readOptions(args);
  if (args.positionals.length > 0 || model === undefined || images === undefined) {
    throw new TesseraError('bad-usage', 'maps takes a model and folders of images, each by its name.', {
      hint: 'tessera maps --model model.onnx --images photos',
    });
  }
  const question: MapsQuestion = {
    method: read(args, 'method', METHOD) ?? USUAL_METHOD,
    seed,
    class: name,
    against,
    reference,
  };
  return { model, images, device, count: read(args, 'count', COUNT) ?? USUAL_COUNT, question, said };
}

function read<Value>(
  args: ParsedArguments,
  name: string,
  { form, schema }: Formed<Value>,
): Value | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(form.kind === 'number' && /\d/.test(text) ? Number(text) : text);
  if (parsed.success) return parsed.data;
  throw new TesseraError('bad-usage', `--${name} takes ${takenWords(form)}; got "${text}".`);
}

interface Found {
  readonly found: readonly ScoreMap[];
  readonly skipped: readonly SkippedFile[];
  readonly page: string;
}

/** The stable fields of `maps --json`. */
function mapsJson(intake: ModelIntake, question: MapsQuestion, { found, skipped, page }: Found) {
  const { method, seed } = question;
  return {
    model: intake.path,
    sha256: intake.sha256,
    score: scoreFacts(intake.scores),
    noConcepts: whyNoConcepts(intake) ?? null,
    preprocessing: {
      source: intake.preprocessing.source,
      reason: intake.preprocessing.reason,
      ...intake.preprocessing.preprocessing,
    },
    method: { name: method, seed, text: methodText(intake, question) },
    images: found.map((one) => imageJson(one)),
    skipped,
    page: path.resolve(page),
  };
}

function imageJson(one: ScoreMap) {
  const { file, score, value, answer, map, size, covered } = one;
  const words = wordsOf(one);
  return {
    file,
    answer: { ...namedAnswer(score.names, answer), text: words.said },
    explained: scoreName(scoreRecord(score)),
    score: value,
    drop: value - covered.value,
    covered: {
      box: covered.box,
      score: covered.value,
      answer: namedAnswer(score.names, covered.answer),
      decidedOtherwise: covered.isDecidedOtherwise ?? null,
      text: words.covered,
    },
    map: {
      height: size[0],
      width: size[1],
      values: Array.from(map, (pixel) => Number(pixel.toPrecision(6))),
    },
  };
}

function mapsText(intake: ModelIntake, { found, skipped, page }: Found): string {
  const reason = whyNoConcepts(intake);
  return [
    ...(reason === undefined ? [] : [`${reason} ${MAPS_INSTEAD}`]),
    WHERE_NOT_WHAT,
    '',
    ...found.flatMap((one) => {
      const { file, said, score, covered } = wordsOf(one);
      return [`${file}: ${said}; ${score}`, `    ${covered}`];
    }),
    ...(skipped.length > 0
      ? [
          '',
          `${countOf(skipped.length, 'file')} left out:`,
          ...skipped.map((one) => `${one.file}: ${one.reason}`),
        ]
      : []),
    '',
    `Maps: ${path.resolve(page)}`,
  ].join('\n');
}
