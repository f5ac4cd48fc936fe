import type { RecurringMark } from '../../images/recurring-mark.ts';
import { EXCHANGES, type ExchangeName } from '../../metrics/cues.ts';
import { FEWEST_PICTURES } from '../../metrics/shortcuts.ts';
import { openCueCarrier, type CarriedCue } from '../cue-carrier.ts';
import { findRemedy, type CueRemedy } from '../cue-remedy.ts';
import { openCueExchange, type CueExchange } from '../cue-exchange.ts';
import { cueFiles, type CueFiles } from '../cue-pictures.ts';
import { findCue, findPaintedCue, type Cue, type CueLook } from '../find-cues.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { bankStage } from './bank.ts';
import { coefficientsStage } from './coefficients.ts';

/** What moved decisions though it is not the object, and the concepts that carry it. */
export interface FoundCue {
  readonly files: CueFiles;
  /** Absent where nothing did. */
  readonly cue?: Cue & CarriedCue;
  /** Absent where no concept, taken out of the model, helps; and where the cue was painted over. */
  readonly remedy?: CueRemedy;
}

/**
 * Looks for a shortcut: exchanges places of the frame, looks of the whole picture, and marks that recur, between pictures of
 * the class and others, and sees whose decisions change. Where there are too few others, places of the class's own pictures
 * are painted over instead. Each exchange is stored by itself.
 */
export const shortcutsStage = defineStage({
  name: 'shortcuts',
  inputs: { bank: bankStage, coefficients: coefficientsStage },
  facts: ['files', 'answers'],
  version: 5,
  compute: lookForCue,
});

type Context = StageContext<
  'shortcuts',
  'intake' | 'device' | 'layer' | 'images' | 'files' | 'answers' | 'classIndex',
  { readonly bank: typeof bankStage; readonly coefficients: typeof coefficientsStage }
>;

async function lookForCue(context: Context): Promise<FoundCue> {
  const files = cueFiles(context);
  if (files.own.length < FEWEST_PICTURES) return { files };
  const exchange = openCueExchange(context, files, (find) => keptMark(context, find));
  try {
    const look = keptLook(context, exchange);
    const cue = await (exchange.isPainted
      ? findPaintedCue(look)
      : findCue(look, () => keptGlance(context, exchange)));
    context.onProgress({ stage: 'shortcuts', done: EXCHANGES.length, total: EXCHANGES.length });
    if (cue === undefined) return { files };
    const carried = await carriedBy(context, cue.name, exchange);
    const remedy = exchange.isPainted ? undefined : await remedyFor(context, cue.name, exchange, files);
    return { files, cue: { ...cue, ...carried }, ...(remedy && { remedy }) };
  } finally {
    await exchange.dispose();
  }
}

/** Where results are stored: exchanges by their number, what carries them after that, and then what is looked at once. */
const lookAt = (name: ExchangeName): number => EXCHANGES.indexOf(name);
const carriersAt = (name: ExchangeName): number => EXCHANGES.length + EXCHANGES.indexOf(name);
const GLANCE_AT = 2 * EXCHANGES.length;
const MARK_AT = GLANCE_AT + 1;
const remedyAt = (name: ExchangeName): number => MARK_AT + 1 + EXCHANGES.indexOf(name);

/** Of an exchange that was not looked at further nothing but that is stored. */
function keptLook({ entry, onProgress, signal }: Context, exchange: CueExchange): CueLook {
  let done = 0;
  return async (name) => {
    signal?.throwIfAborted();
    const { value } = await entry.get(lookAt(name), async () => {
      const counts = (await exchange.counts(name)) ?? { pairs: 0, moved: 0, moving: 0, left: 0 };
      const { pairs, moved, moving, left } = counts;
      return { tensors: new Map(), value: { pairs, moved, moving, left } };
    });
    onProgress({ stage: 'shortcuts', done: ++done, total: EXCHANGES.length });
    return value.pairs === 0 ? undefined : value;
  };
}

async function keptGlance({ entry }: Context, exchange: CueExchange): Promise<boolean> {
  const { value } = await entry.get(GLANCE_AT, async () => {
    const isSeen = await exchange.glance();
    return { tensors: new Map(), value: isSeen };
  });
  return value;
}

/** A mark is stored as its side and its place in each picture; of none the side is 0. */
async function keptMark(
  { entry }: Context,
  find: () => Promise<RecurringMark | undefined>,
): Promise<RecurringMark | undefined> {
  const { value } = await entry.get(MARK_AT, async () => {
    const { side, places } = (await find()) ?? { side: 0, places: [] };
    const plain = places.map((place) => (place === undefined ? null : { top: place.top, left: place.left }));
    return { tensors: new Map(), value: { side, places: plain } };
  });
  const { side, places } = value;
  return side === 0 ? undefined : { side, places: places.map((place) => place ?? undefined) };
}

/** Pictures in which it is seen which concepts carry a cue. */
const MOST_CARRIERS = 24;

async function carriedBy(context: Context, name: ExchangeName, exchange: CueExchange): Promise<CarriedCue> {
  const { value } = await context.entry.get(carriersAt(name), async () => {
    const { without, withCue } = await exchange.changed(name, MOST_CARRIERS);
    const carrier = openCueCarrier(context, context.inputs.bank.conceptBank);
    try {
      const { change, carried, amounts } = await carrier.carriedBy(without, withCue);
      const plain = { change, carried: [...carried], amounts: amounts.map((row) => [...row]) };
      return { tensors: new Map(), value: plain };
    } finally {
      await carrier.dispose();
    }
  });
  if (name !== 'mark') return value;
  return { ...value, bearers: (await exchange.mark())!.places.filter((place) => place !== undefined).length };
}

/** Pictures on which it is tried which concepts to take out. */
const MOST_TURNED = 48;

/** A remedy is stored as it is; where there is none, with no concepts. */
async function remedyFor(
  context: Context,
  name: ExchangeName,
  exchange: CueExchange,
  { own, others }: CueFiles,
): Promise<CueRemedy | undefined> {
  const { value } = await context.entry.get(remedyAt(name), async () => {
    const { images, layer, inputs, signal } = context;
    const run = {
      explanation: { layer },
      conceptBank: inputs.bank.conceptBank,
      coefficients: own.map((image) => inputs.coefficients.coefficients[image]),
      explained: own.map((image) => images[image]),
      others,
    };
    const found = await findRemedy(context, run, await exchange.changed(name, MOST_TURNED), signal);
    const { turned, concepts, back } = found ?? { turned: 0, concepts: [], back: 0 };
    return { tensors: new Map(), value: { turned, concepts: [...concepts], back } };
  });
  return value.concepts.length === 0 ? undefined : value;
}
