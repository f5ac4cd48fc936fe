import type { StudyApi } from '../../api/contract.ts';
import type { Part, Services } from './services.ts';

/** Studies with people. */
export function studyHandlers({ studies }: Pick<Services, 'studies'>): Part<keyof StudyApi> {
  return {
    listStudies: (query) => studies.listStudies(query),
    getServedStudy: (query) => studies.getServedStudy(query),
    serveStudy: (query) => studies.serveStudy(query),
    stopStudy: (query) => studies.stopStudy(query),
    renewStudyLink: (query) => studies.renewStudyLink(query),
    withdrawParticipant: (query) => studies.withdrawParticipant(query),
    startKiosk: (query) => studies.startKiosk(query),
  };
}
