import { fromRows, toRows } from '../../concepts/latent-rows.ts';
import { reconstruct } from '../../concepts/reconstruct.ts';
import { meanRest, restIndex, type RestIndex } from '../../concepts/rest-index.ts';
import { createSpecialisedMaskedHead } from '../../concepts/specialised-masked-head.ts';
import { codesOf } from '../../factorization/sparse-codes.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import type { HeldOut } from '../../metrics/held-out.ts';
import { fidelity, type ImageFidelity } from '../../metrics/fidelity.ts';
import { decide } from '../../score/decision.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import type { EvaluationScope } from './evaluation-scope.ts';
import { ownActivations } from '../own-activations.ts';
import type { EvaluationPlan } from './plan.ts';
import type { Refit } from './refits.ts';

/** Fewer images say too little by themselves. */
const FEWEST = 5;
/** Masks of one image's rest. */
const MASKS = { samples: 64, replicates: 2 } as const;

/**
 * What the concepts carry in images that had no part in making them: each image under a bank made from a bootstrap sample
 * that neither it nor a copy of it is in, at most `plan.heldOut` of them, each once. `tick` is called once an image.
 * Undefined where the samples leave hardly any out.
 *
 * Source  Breiman 1996, "Out-of-bag estimation".
 * Limits  the banks are made from fewer rows and in fewer sweeps than the explained one, so that what is found errs, if
 *         at all, against the concepts.
 */
export async function evaluateHeldOut(
  context: EvaluationScope,
  refits: readonly Refit[],
  plan: EvaluationPlan,
  tick: () => void,
): Promise<HeldOut | undefined> {
  const found: HeldOutImage[] = [];
  for (const [refit, images] of shared(refits, plan.heldOut))
    found.push(...(await underBank(context, refit.conceptBank, images, tick)));
  if (found.length < FEWEST) return undefined;
  const { agreement, logitR2 } = fidelity(found);
  const rest = meanRest(
    found.map((image) => image.rest),
    context.options.seed,
  );
  return {
    images: found.length,
    agreement,
    ...(logitR2 !== undefined && { logitR2 }),
    ...(rest && { rest }),
  };
}

/** Every image that a bank has not seen goes to one such bank, the banks in turn; `most` in all. */
function shared(refits: readonly Refit[], most: number): [Refit, number[]][] {
  const taken = new Set<number>();
  const groups = refits.map((refit): [Refit, number[]] => [refit, []]);
  for (let turn = 0, idle = 0; idle < groups.length && taken.size < most; turn++) {
    const [{ leftOut }, images] = groups[turn % groups.length];
    const next = leftOut.find((image) => !taken.has(image));
    idle = next === undefined ? idle + 1 : 0;
    if (next === undefined) continue;
    taken.add(next);
    images.push(next);
  }
  return groups.filter(([, images]) => images.length > 0);
}

interface HeldOutImage extends ImageFidelity {
  readonly rest: RestIndex;
}

async function underBank(
  context: EvaluationScope,
  bank: CodedBank,
  images: readonly number[],
  tick: () => void,
): Promise<HeldOutImage[]> {
  const { intake, layer, classIndex, device, environment, options } = context;
  const parts = cutAt(intake, layer);
  const head = runnerFor(context, parts.head);
  const masked = await createSpecialisedMaskedHead(parts.head, layer, bank, classIndex, {
    sessions: device.sessions,
    memoryBudget: environment.memoryBudget,
  });
  const found: HeldOutImage[] = [];
  try {
    for await (const { image, own } of ownActivations(context, images)) {
      const { coefficients } = await codesOf(toRows(own, layer), bank);
      const { data: said } = await head.run(own);
      const { data: rebuilt } = await head.run(fromRows(reconstruct(coefficients, bank), layer));
      const logit = await masked.prepareWithRest(coefficients, own);
      found.push({
        logit: said[classIndex],
        reconstructedLogit: rebuilt[classIndex],
        agrees: decide(intake.score, said) === decide(intake.score, rebuilt),
        rest: await restIndex(logit, bank.rows, { ...MASKS, seed: options.seed + image }),
      });
      tick();
    }
  } finally {
    await head.dispose();
    await masked.dispose();
  }
  return found;
}
