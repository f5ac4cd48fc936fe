import { group } from 'd3';
import { TesseraError } from '../../errors.ts';
import type { FrozenStudy, Study } from '../study.ts';
import type { Participant, StudyData, Trial } from '../trial.ts';

/** Answers of one machine, with a name for messages. */
export interface StudyPart {
  /** As "folder lab-2". */
  readonly name: string;
  readonly data: StudyData;
}

/**
 * Joins what several machines collected for one study. The same participant may be in several parts with the same answers (a
 * copied folder); participants and their answers come in the order of their numbers.
 *
 * Throws  TesseraError 'bad-project' where a part answers another study, has answers that the study does not ask for, or a
 *         participant's number has different answers.
 */
export function mergeStudyData({ study, sha256 }: FrozenStudy, parts: readonly StudyPart[]): StudyData {
  const people = new Map<number, Person & { readonly from: string }>();
  for (const { name, data } of parts) {
    if (data.study !== sha256)
      throw new TesseraError(
        'bad-project',
        `${name} has answers to another study: its hash is ${data.study.slice(0, 12)}…, that of “${study.title}” is ${sha256.slice(0, 12)}….`,
        {
          hint: 'Only answers to one frozen study can be joined. Leave that folder out, or analyse it by itself.',
        },
      );
    const fault = faultOf(study, data);
    if (fault !== undefined)
      throw new TesseraError('bad-project', `${name} does not fit the study: ${fault}.`, {
        hint: 'The answers were changed or are incomplete. Take them from the machine where they were given.',
      });
    for (const person of peopleOf(data)) {
      const number = person.participant.participant;
      const before = people.get(number);
      if (before !== undefined && textOf(before) !== textOf(person))
        throw new TesseraError(
          'bad-project',
          `Participant ${number} is in ${before.from} and in ${name}, with different answers.`,
          {
            hint: 'Numbers must be given out once over all machines. If one folder is an older copy, leave it out.',
          },
        );
      people.set(number, before ?? { ...person, from: name });
    }
  }
  const ordered = [...people.values()].sort((a, b) => a.participant.participant - b.participant.participant);
  return {
    study: sha256,
    participants: ordered.map(({ participant }) => participant),
    trials: ordered.flatMap(({ trials }) => trials),
  };
}

/** The first thing in answers that the study does not know, in words. */
function faultOf({ conditions, material }: Study, { participants, trials }: StudyData): string | undefined {
  const items = new Set(material.items.map(({ id }) => id));
  const sessions = material.kind === 'utility' ? material.sessions.length : 1;
  const conditionOf = new Map(participants.map(({ participant, condition }) => [participant, condition]));
  if (conditionOf.size < participants.length) return 'a participant is there twice';
  const strange = participants.find(({ condition }) => !conditions.includes(condition));
  if (strange !== undefined)
    return `participant ${strange.participant} is in a condition “${strange.condition}” that it does not have`;
  const asked = new Set<string>();
  for (const { participant, condition, session, trial, kind, item } of trials) {
    const where = `answer ${trial} of participant ${participant}`;
    if (conditionOf.get(participant) !== condition)
      return `${where} is in another condition than the participant`;
    if (!items.has(item)) return `${where} is to an item “${item}” that it does not have`;
    if ((kind === 'test' || kind === 'catch') && !(session >= 1 && session <= sessions))
      return `${where} is of session ${session}, and it has ${sessions}`;
    if (asked.has(where)) return `${where} is there twice`;
    asked.add(where);
  }
  return undefined;
}

interface Person {
  readonly participant: Participant;
  readonly trials: readonly Trial[];
}

function peopleOf({ participants, trials }: StudyData): Person[] {
  const own = group(trials, ({ participant }) => participant);
  return participants.map((participant) => ({
    participant,
    trials: (own.get(participant.participant) ?? []).sort((a, b) => a.trial - b.trial),
  }));
}

/** The same for the same answers, however their fields are ordered. */
function textOf({ participant, trials }: Person): string {
  return JSON.stringify(
    [participant, ...trials].map((one) => Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}
