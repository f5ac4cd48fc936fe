import type { Environment } from '../../../core/pipeline/environment.ts';
import { loadParticipants } from '../../../core/project/participant-files.ts';
import { withdrawUnserved } from '../../../core/project/participant-withdrawal.ts';
import { openProject, type Project } from '../../../core/project/project-folder.ts';
import { openStandingStudy } from '../../../core/project/standing-study.ts';
import { listStudies, loadStudy, studyPath, type ListedStudy } from '../../../core/project/study-folder.ts';
import type { Participant } from '../../../core/study/trial.ts';
import type { DamagedStudy, StudyCounts, StudySummary } from '../../api/contract.ts';
import { serializeError } from '../../api/serialize-error.ts';
import type { Jobs } from './job-context.ts';

/** Jobs about studies with people: looking whether they stand means reading runs and every picture. */
export function studyJobs({
  storage,
  self,
}: Environment): Jobs<'listStudies' | 'openStudy' | 'withdrawParticipant'> {
  return {
    async listStudies({ folder, key }) {
      const project = await openProject(storage, folder);
      const found: (StudySummary | DamagedStudy)[] = [];
      for (const one of await listStudies(project)) found.push(await summaryOf(project, key, one));
      return found;
    },
    async openStudy({ folder, study: id }) {
      const { study, place } = await openStandingStudy(await openProject(storage, folder), id);
      return { study, sha256: place.sha256, folder: place.folder };
    },
    async withdrawParticipant({ folder, study: id, participant }) {
      const project = await openProject(storage, folder);
      // Answers are the participant's also where the study is void.
      const { sha256 } = await loadStudy(project, id);
      await withdrawUnserved({ storage, folder: studyPath(project, id), sha256 }, self, participant);
      return null;
    },
  };
}

async function summaryOf(
  project: Project,
  key: string,
  listed: ListedStudy,
): Promise<StudySummary | DamagedStudy> {
  const name = { project: key, study: listed.id };
  if ('problem' in listed) return { ...name, problem: listed.problem };
  try {
    const { study, sha256, voidBecause } = await loadStudy(project, listed.id);
    const folder = studyPath(project, listed.id);
    const logs = await loadParticipants({ storage: project.storage, folder, sha256 });
    const { title, frozen, conditions, participants, material } = study;
    return {
      ...{ ...name, title, frozen, conditions, voidBecause },
      kind: material.kind,
      planned: participants * conditions.length,
      counts: countsOf(logs.map(({ participant }) => participant)),
    };
  } catch (error) {
    return { ...name, problem: serializeError(error).message };
  }
}

function countsOf(participants: readonly Participant[]): StudyCounts {
  const count = (...kinds: readonly Participant['status'][]): number =>
    participants.filter(({ status }) => kinds.includes(status)).length;
  return {
    begun: count('started', 'finished'),
    finished: count('finished'),
    withdrawn: count('withdrawn'),
  };
}
