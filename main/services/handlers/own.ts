import type { OwnConceptList } from '../../api/contract.ts';
import type { RunQuestion } from '../../compute/protocol.ts';
import type { Part, Services } from './services.ts';

/** Concepts that a person gives by examples. */
export function ownHandlers({
  results,
  viewer,
  desktop,
  events,
  jobs,
}: Pick<Services, 'results' | 'viewer' | 'desktop' | 'events' | 'jobs'>): Part<
  | 'listOwnConcepts'
  | 'makeOwnConcept'
  | 'computeOwnConcept'
  | 'showOwnConcept'
  | 'chooseConceptFolder'
  | 'findAlikeCrops'
> {
  const changed = (asked: RunQuestion, list: OwnConceptList): OwnConceptList => {
    events.emit('result', { project: asked.key, runId: asked.runId });
    return list;
  };
  return {
    listOwnConcepts: async (run) => viewer.run('listOwnConcepts', await results.questionOf(run)),
    async makeOwnConcept({ name, examples, against, ...run }, page) {
      const asked = await results.questionOf(run);
      const question = { ...asked, name, examples, ...(against !== undefined && { against }) };
      const facts = { kind: 'own-concept', folder: asked.folder, page } as const;
      const list = await jobs.run(facts, (watch) =>
        viewer.run('makeOwnConcept', question, { ...watch, isLong: true }),
      );
      return changed(asked, list);
    },
    async computeOwnConcept({ concept, ...run }, page) {
      const question = { ...(await results.questionOf(run)), concept };
      const list = await jobs.run({ kind: 'own-concept', folder: question.folder, page }, (watch) =>
        viewer.run('computeOwnConcept', question, { ...watch, isLong: true }),
      );
      return changed(question, list);
    },
    async showOwnConcept({ concept, isShown, ...run }) {
      const asked = await results.questionOf(run);
      return changed(asked, await viewer.run('showOwnConcept', { ...asked, concept, isShown }));
    },
    chooseConceptFolder: async () => (await desktop.chooseFiles('references'))[0] ?? null,
    async findAlikeCrops({ image, box, limit, ...run }, page) {
      const asked = await results.questionOf(run);
      return jobs.run({ kind: 'alike', folder: asked.folder, page, isLatest: true }, (watch) =>
        viewer.run('findAlikeCrops', { ...asked, image, box, limit }, { ...watch, isLong: true }),
      );
    },
  };
}
