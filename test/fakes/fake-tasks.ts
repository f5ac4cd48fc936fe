import type { Explanation } from '../../core/concepts/explanation.ts';
import { trustVerdict } from '../../core/report/trust-verdict.ts';
import type { ScoreFacts } from '../../core/wording/score-words.ts';
import type { WorkbenchApi } from '../../main/api/contract.ts';

/** Tasks that the fake's run can be of, beside one of several classes. */
export type FakeTask = 'binary' | 'regression' | 'embedding';

const SCORES = {
  binary: {
    model: { task: 'binary', activation: 'sigmoid', classes: ['healthy', 'pneumonia'] },
    explained: { kind: 'side', side: 1 },
  },
  regression: {
    model: { task: 'regression', activation: 'none', classes: [], quantity: 'age', unit: 'years' },
    explained: { kind: 'side', side: 1 },
    at: 34.1,
  },
  embedding: {
    model: { task: 'embedding', activation: 'none', classes: [] },
    explained: { kind: 'similarity', side: 1, reference: { name: 'houses' } },
    at: 34.1,
  },
} as const satisfies Record<FakeTask, ScoreFacts>;

const NAMES = {
  binary: ['healthy', 'pneumonia'],
  regression: ['lower age', 'higher age'],
  embedding: ['unlike', 'like'],
} as const;
/** The demo's class, which is the upper side. */
const HOUSE = 2;

type Json = unknown;

/** The fake's answers as a run of another task would give them: house is the upper side, every other class the lower. */
export function ofTask(task: FakeTask, api: WorkbenchApi): WorkbenchApi {
  const names = NAMES[task];
  const answers = answersOf(task);
  const methods = Object.entries(api).map(([name, method]) => [
    name,
    async (...args: unknown[]): Promise<Json> => {
      const answer = answers(await (method as (...given: unknown[]) => Promise<Json>)(...args));
      return fitted(name, answer as Record<string, Json>, task, names);
    },
  ]);
  return Object.fromEntries(methods) as WorkbenchApi;
}

/** What an answer has beside answers of the model. */
function fitted(
  method: string,
  answer: Record<string, Json>,
  task: FakeTask,
  names: readonly string[],
): Json {
  const score = SCORES[task];
  const named = { className: names[1], classIndex: 1 };
  switch (method) {
    case 'getResult':
      return {
        ...answer,
        ...named,
        score,
        concepts: (answer['concepts'] as object[]).map((concept) => ({ ...concept, shortcuts: [] })),
        run: { ...(answer['run'] as object), ...named },
      };
    case 'ablateImage':
    case 'findCounterfactual':
      return twoSided(answer, task);
    case 'listRunImages':
      return { ...answer, confusion: { known: 0, hits: 0, rows: [], columns: [], rowsLeftOut: 0 } };
    case 'getEvaluation':
      return { ...answer, trust: verdictOf(score) };
    case 'getErrorAnalysis':
      return { ...answer, known: 0, hits: 0, pairs: [] };
    case 'predictAll':
      return {
        ...answer,
        classes: names.map((name, index) => ({ index, name, count: 12, picture: 'img:house/01.jpg' })),
      };
    default:
      return 'model' in (answer ?? {}) && 'runs' in (answer ?? {}) ? setUp(answer, task, names) : answer;
  }
}

/** The setup of such a model. */
function setUp(answer: Record<string, Json>, task: FakeTask, names: readonly string[]): Json {
  const model = answer['model'] as { readonly scores: object } | null;
  if (model === null) return answer;
  const scores = { ...model.scores, ...SCORES[task].model, width: 1 };
  const options = answer['options'] as { readonly classIndex: number | null };
  return {
    ...answer,
    model: { ...model, scores, classNames: [...names] },
    options: { ...options, ...(options.classIndex !== null && { classIndex: 1 }) },
  };
}

/** A picture with its likeliest classes. */
function isPreviewed(value: Json): value is { readonly top: readonly Json[] } {
  return typeof value === 'object' && value !== null && 'top' in value && Array.isArray(value.top);
}

/** One answer a side, the likeliest. */
function oneEach(answers: readonly Json[]): readonly Json[] {
  const indexOf = (answer: Json) => (answer as { readonly index: number }).index;
  return answers.filter(
    (answer, at) => answers.findIndex((other) => indexOf(other) === indexOf(answer)) === at,
  );
}

/** Turns the model's answers, wherever they stand. */
function answersOf(task: FakeTask): (value: Json) => Json {
  const turned = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(turned);
    if (isPreviewed(value)) return { ...value, top: oneEach(value.top.map(turned)) };
    if (typeof value !== 'object' || value === null) return value;
    const own = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, turned(one)]));
    if (task !== 'binary' && 'expected' in own) own['expected'] = null;
    if (task !== 'binary' && 'runnerUp' in own) own['runnerUp'] = null;
    const { index, name, probability, ...rest } = own;
    if (typeof index !== 'number' || typeof name !== 'string') return own;
    const side = index === HOUSE ? 1 : 0;
    const said = { ...rest, index: side, name: NAMES[task][side] };
    if (typeof probability !== 'number') return said;
    return task === 'binary'
      ? { ...said, probability }
      : { ...said, value: 34.1 + (side - 0.5) * 20 * probability };
  };
  return turned;
}

interface Side {
  readonly index: number;
  readonly before: { probability?: number };
  readonly after: { probability?: number };
}

/** A number has no probability. */
function withoutShares({ before, after }: Side): void {
  delete before.probability;
  delete after.probability;
}

/** Of the classes of an image, one each side. */
function twoSided(answer: Record<string, Json>, task: FakeTask): Json {
  const inner = answer['image'] === undefined ? answer : (answer['image'] as Record<string, Json>);
  const classes = inner['classes'] as readonly Side[];
  const sides = [1, 0].flatMap((side) => classes.filter(({ index }) => index === side).slice(0, 1));
  if (task !== 'binary') for (const one of sides) withoutShares(one);
  const image = { ...inner, classes: sides };
  return answer['image'] === undefined ? image : { ...answer, image };
}

/** What the program says of such a run that was not evaluated. */
function verdictOf(score: ScoreFacts): Json {
  const explanation = {
    score,
    ...{ classIndex: 1, className: 'any', images: [], concepts: [{ tier: 0 }], skipped: [] },
    factorization: { status: 'converged' },
    importance: {},
    layer: { kind: 'spatial', computeShare: 0.9 },
    reconstruction: { r2: 0.95, relativeError: 0.2, agreement: 0.97 },
  } as unknown as Explanation;
  const { lights, claims, ...verdict } = trustVerdict(explanation);
  const lamps = lights.map(({ value, ...light }) => ({ ...light, value: value ?? null }));
  return { ...verdict, claims: claims.map(({ grade, ...claim }) => ({ ...claim, level: grade })), lamps };
}
