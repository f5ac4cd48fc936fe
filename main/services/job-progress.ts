import type { Progress } from '../../core/platform.ts';
import type { EventHub } from './events.ts';
import { projectName } from './project-name.ts';

/** Tells views how far a long answer is, and for which project. */
export type JobProgress = (job: string, folder: string) => (progress: Progress) => void;

/** Progress as the event `job`. */
export function createJobProgress(events: EventHub): JobProgress {
  return (job, folder) => (progress) =>
    events.emit('job', { ...progress, job, folder, projectName: projectName(folder), etaSeconds: null });
}
