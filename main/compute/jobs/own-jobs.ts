import { freeName } from '../../../core/pipeline/own-concept/check-name.ts';
import type { GivenExamples } from '../../../core/pipeline/own-concept/examples.ts';
import { completeOwn } from '../../../core/pipeline/own-concept/complete-own.ts';
import { findAlike } from '../../../core/pipeline/own-concept/find-alike.ts';
import { makeOwnConcept } from '../../../core/pipeline/own-concept/make-own-concept.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import { addOwnConcept, showOwnConcept } from '../../../core/project/own-concepts-file.ts';
import { loadNotes } from '../../../core/project/run-notes.ts';
import { ownInWords } from '../../../core/report/own-in-words.ts';
import type { OwnConceptItem, OwnConceptList, OwnExamples } from '../../api/contract.ts';
import { pictureId } from '../picture-ids.ts';
import type { RunQuestion } from '../protocol.ts';
import type { OpenIntake } from './intakes.ts';
import type { Jobs } from './job-context.ts';
import type { OpenRun, OpenedRun } from './opened-runs.ts';
import { openRunModel } from './run-models.ts';

/** Crops that stand for a concept in a list. */
const COVER = 6;

/** Concepts that a person gives by examples, and crops that are like one. */
export function ownJobs(
  environment: Environment,
  openRun: OpenRun,
  openIntake: OpenIntake,
): Jobs<'listOwnConcepts' | 'makeOwnConcept' | 'computeOwnConcept' | 'showOwnConcept' | 'findAlikeCrops'> {
  const list = async (question: RunQuestion): Promise<OwnConceptList> =>
    ownList(question, await openRun(question));
  const scopeOf = async (opened: OpenedRun) => ({
    environment,
    device: await environment.openDevice(opened.run.options.device),
    intake: await openRunModel(openIntake, opened),
    project: opened.project,
  });
  return {
    listOwnConcepts: ({ folder, key, runId }) => list({ folder, key, runId }),

    async makeOwnConcept({ name, examples, against, folder, key, runId }, { signal, onProgress }) {
      const question = { folder, key, runId };
      const opened = await openRun(question);
      const { project, run, conceptBank } = opened;
      const { names } = await loadNotes(project, runId);
      const own = [...opened.own, ...opened.pendingOwn].map(({ concept }) => concept);
      const wanted = {
        name: freeName(name, opened.explanation, own, names),
        examples: givenExamples(examples),
        ...(against !== undefined && { against }),
      };
      const scope = { ...(await scopeOf(opened)), signal, onProgress };
      const made = await makeOwnConcept(scope, run, { conceptBank }, wanted);
      await addOwnConcept(project, environment.self, run, made);
      return list(question);
    },

    async computeOwnConcept({ concept, folder, key, runId }, { signal, onProgress }) {
      const question = { folder, key, runId };
      const opened = await openRun(question);
      const { project, run } = opened;
      await completeOwn(project, run, () => scopeOf(opened), { signal, onProgress }, concept);
      return list(question);
    },

    async showOwnConcept({ concept, isShown, folder, key, runId }) {
      const question = { folder, key, runId };
      const { project } = await openRun(question);
      await showOwnConcept(project, environment.self, runId, concept, isShown);
      return list(question);
    },

    async findAlikeCrops({ image, box, limit, ...question }, context) {
      const opened = await openRun(question);
      opened.checkImage(image);
      const { explanation, images, boxes } = opened;
      const asked = { layer: explanation.layer, images, boxes, crop: { image, box } };
      const found = await findAlike(await scopeOf(opened), asked, context);
      return found.slice(0, limit).map(({ coefficient, ...crop }) => {
        const place = { project: question.key, run: question.runId, ...crop };
        return {
          ...crop,
          similarity: coefficient,
          crop: pictureId({ kind: 'crop', ...place }),
          context: pictureId({ kind: 'context', ...place }),
        };
      });
    },
  };
}

/** Without lists that are empty. */
function givenExamples({ images = [], crops = [], folder }: OwnExamples): GivenExamples {
  return {
    ...(images.length > 0 && { images }),
    ...(crops.length > 0 && { crops }),
    ...(folder !== undefined && { folder }),
  };
}

async function ownList({ key, runId }: RunQuestion, opened: OpenedRun): Promise<OwnConceptList> {
  const notes = await loadNotes(opened.project, runId);
  const { names, hidden } = notes;
  return {
    concepts: opened.own.map(({ concept }): OwnConceptItem => {
      const { crops, effect = null, ...words } = ownInWords(concept, { ...opened.explanation, runId }, notes);
      const cover = crops
        .slice(0, COVER)
        .map(({ image, box }) => pictureId({ kind: 'crop', project: key, run: runId, image, box }));
      return { ...words, effect, cover, isHidden: hidden.includes(concept.id), givenName: concept.name };
    }),
    pending: opened.pendingOwn
      .filter(({ concept: { id } }) => !hidden.includes(id))
      .map(({ concept: { id, name, madeIn = '' } }) => ({ id, name: names[id] ?? name, madeIn })),
  };
}
