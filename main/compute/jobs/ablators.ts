import { openAblator, type Ablator } from '../../../core/pipeline/ablator.ts';
import type { ScoredModel } from '../../../core/pipeline/scored-model.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { OpenIntake } from './intakes.ts';
import type { AblatedImage } from '../../../core/concepts/ablation-head.ts';
import { imageOfPlayers } from '../../../core/concepts/merged-concepts.ts';
import type { AblatedPicture } from '../protocol.ts';
import type { OpenedRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';

/** A run's ablator and its model, for the time of a task. */
export type WithAblator = <T>(
  opened: OpenedRun,
  task: (ablator: Ablator, intake: ScoredModel) => Promise<T>,
) => Promise<T>;

/**
 * One picture made ready, whether the run explained it or not, as a function of one factor a player: a concept, or
 * merged ones. 'unknown-name' for a number that it has not.
 */
export async function ablatedImage(
  { pictureAt, coefficients, players }: OpenedRun,
  ablator: Ablator,
  image: AblatedPicture,
): Promise<AblatedImage> {
  if (typeof image !== 'number') return imageOfPlayers(await ablator.picture({ path: image.file }), players);
  const { file } = pictureAt(image);
  const isExplained = image < coefficients.length;
  return imageOfPlayers(await (isExplained ? ablator.image(image) : ablator.picture(file)), players);
}

interface Kept {
  readonly made: Promise<{ readonly ablator: Ablator; readonly intake: ScoredModel }>;
  users: number;
}

/**
 * Ablators on the CPU: a slider asks the same run again and again, so that of the run asked last is kept open. It closes
 * when another run is asked for and nobody uses it.
 */
export function createAblators(environment: Environment, openIntake: OpenIntake): WithAblator {
  const kept = new Map<OpenedRun, Kept>();

  const open = async (opened: OpenedRun) => {
    const { explanation, conceptBank, bankCoefficients: coefficients } = opened;
    const intake = await openRunModel(openIntake, opened);
    const ablator = openAblator(
      { environment, intake, device: await environment.openDevice('cpu') },
      {
        layer: explanation.layer,
        conceptBank,
        files: opened.images,
        coefficients,
      },
    );
    return { ablator, intake };
  };

  const closeOthers = async (current: OpenedRun): Promise<void> => {
    for (const [other, { made, users }] of [...kept]) {
      if (other === current || users > 0) continue;
      kept.delete(other);
      await (await made).ablator.dispose();
    }
  };

  return async (opened, task) => {
    const entry = kept.get(opened) ?? { made: open(opened), users: 0 };
    kept.set(opened, entry);
    entry.made.catch(() => kept.delete(opened));
    entry.users++;
    try {
      const { ablator, intake } = await entry.made;
      await closeOthers(opened);
      return await task(ablator, intake);
    } finally {
      entry.users--;
    }
  };
}
