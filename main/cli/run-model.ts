import type { DeviceChoice } from '../../core/platform.ts';
import type { Environment } from '../../core/pipeline/environment.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { reopenModel } from '../../core/pipeline/reopen-model.ts';
import type { ScoredScope } from '../../core/pipeline/run-context.ts';
import type { Project } from '../../core/project/project-folder.ts';
import type { RunFile } from '../../core/project/schema.ts';
import { shownName } from '../../core/wording/shown-name.ts';

/** The model that a finished run explains, on a device; says on standard error why it is another than was asked for. */
export async function runModel(
  environment: Environment,
  project: Project,
  run: RunFile,
  choice: DeviceChoice = 'auto',
): Promise<ScoredScope> {
  const { storage } = environment;
  const intake = await reopenModel((file, options) => openModel(storage, file, options), project, run);
  const device = await environment.openDevice(choice);
  for (const reason of device.fallbackReasons) console.error(shownName(reason));
  return { environment, device, intake };
}
