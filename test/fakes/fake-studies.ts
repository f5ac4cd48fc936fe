import type { ServedStudy, StudyApi, StudyKey, StudySummary } from '../../main/api/contract.ts';

/** A study of which two of six participants are done; of those with links the third. */
export function fakeStudies(): StudyApi {
  const summary = (project: string): StudySummary => ({
    ...{ project, study: 'study1', title: 'Houses and barns', kind: 'utility', voidBecause: [] },
    frozen: '2026-11-30T12:00:00.000Z',
    conditions: ['control', 'concept-maps'],
    planned: 6,
    counts: { begun: 3, finished: 2, withdrawn: 1 },
  });
  let served: ServedStudy | null = null;
  const participantOf = (participant: number): ServedStudy['participants'][number] =>
    participant === 3
      ? { participant, status: 'finished', isOpened: true, answered: 24, questions: 24, link: null }
      : {
          ...{ participant, status: 'waiting', isOpened: false, answered: 0, questions: 24 },
          link: `http://127.0.0.1:4321/p/${participant}/#token`,
        };
  const serve = ({ project, study }: StudyKey, count: number, first: number): ServedStudy => {
    const participants = Array.from({ length: count }, (_, index) => participantOf(first + index));
    return { ...{ project, study, participants }, address: '127.0.0.1', port: 4321, warning: null };
  };
  return {
    listStudies: ({ project }) => Promise.resolve([summary(project)]),
    getServedStudy: () => Promise.resolve(served),
    serveStudy: ({ participants, first = 1, ...key }) =>
      Promise.resolve((served = serve(key, participants, first))),
    stopStudy: () => Promise.resolve((served = null)),
    renewStudyLink: ({ participant, ...key }) => Promise.resolve((served ??= serve(key, 1, participant))),
    withdrawParticipant({ participant: whose }) {
      const participants = (served?.participants ?? []).map((one) =>
        one.participant === whose ? ({ ...one, status: 'withdrawn', answered: 0 } as const) : one,
      );
      return Promise.resolve((served &&= { ...served, participants }));
    },
    startKiosk: ({ participant = 4 }) =>
      Promise.resolve({ participant, keys: { leave: 'Ctrl+Shift+Q', next: 'Ctrl+Shift+Enter' } }),
  };
}
