import { countOf, listText } from '../wording/count-text.ts';
import type { Study, StudyKind, StudyMaterial } from './study.ts';

/** The condition of studies that have one alone. */
export const ONLY_CONDITION = 'all';

/**
 * What is wrong with a study, in words, the gravest first; empty where it can be frozen. Its shape is looked at elsewhere:
 * this is what fields have to do with each other.
 */
export function studyFaults(study: Omit<Study, 'id' | 'frozen' | 'schemaVersion'>): string[] {
  const { material } = study;
  return [
    ...frameFaults(study, material.kind),
    ...itemFaults(material),
    ...(material.kind === 'utility' ? utilityFaults(material, study.conditions) : []),
  ];
}

/** What can be seen to be wrong before any picture is drawn, as {@link studyFaults}. */
export function frameFaults(
  study: Pick<Study, 'consent' | 'runs' | 'conditions' | 'contrast'>,
  kind: StudyKind,
): string[] {
  return [
    ...(study.consent.trim() === ''
      ? ['Participants have to be told what they agree to: the text of the consent is empty']
      : []),
    ...(study.runs.length === 0 ? ['It draws on no run'] : []),
    ...conditionFaults(study, kind),
  ];
}

function conditionFaults(
  { conditions, contrast }: Pick<Study, 'conditions' | 'contrast'>,
  kind: StudyKind,
): string[] {
  if (kind !== 'utility') {
    const isPlain = conditions.length === 1 && conditions[0] === ONLY_CONDITION && contrast === null;
    return isPlain ? [] : [`A study of kind ${kind} has the one condition "${ONLY_CONDITION}"`];
  }
  const twice = repeated(conditions);
  if (twice.length > 0) return [`A condition is there twice: ${listText(twice)}`];
  if (conditions.length === 0) return ['It has no condition'];
  if (contrast === null)
    return conditions.length > 1 ? ['It does not say which two conditions its primary test compares'] : [];
  const strange = [contrast.condition, contrast.against].filter((name) => !conditions.includes(name));
  if (strange.length > 0)
    return [`Its primary test compares ${listText(strange)}, which is not among its conditions`];
  return contrast.condition === contrast.against ? ['Its primary test compares a condition with itself'] : [];
}

function itemFaults({ items }: StudyMaterial): string[] {
  if (items.length === 0) return ['It has no questions'];
  const twice = repeated(items.map(({ id }) => id));
  return twice.length > 0 ? [`A name of an item is there twice: ${listText(twice)}`] : [];
}

function utilityFaults(
  { items, sessions, practice, legend }: Extract<StudyMaterial, { kind: 'utility' }>,
  conditions: readonly string[],
): string[] {
  const known = new Map(items.map((item) => [item.id, item]));
  const all = [practice, ...sessions];
  const used = all.flatMap(({ train, test }) => [...train, ...test]);
  const strange = used.filter((id) => !known.has(id));
  const twice = repeated(used);
  const files = repeated(used.flatMap((id) => known.get(id)?.source.sha256 ?? []));
  const empty = all.filter(({ train, test }) => train.length === 0 || test.length === 0);
  const bare = conditions.filter(
    (name) =>
      !Object.hasOwn(legend, name) ||
      all.some(({ train }) => train.some((id) => !Object.hasOwn(known.get(id)?.shown ?? {}, name))),
  );
  return [
    ...(sessions.length === 0 ? ['It has no session'] : []),
    ...(strange.length > 0 ? [`A session names items that are not there: ${listText(strange)}`] : []),
    ...(twice.length > 0 ? [`A picture is used more than once: ${listText(twice)}`] : []),
    ...(twice.length === 0 && files.length > 0
      ? [`${countOf(files.length, 'picture file')} is used more than once`]
      : []),
    ...(empty.length > 0 ? ['A session has nothing to learn from or nothing to predict'] : []),
    ...(bare.length > 0 ? [`It does not say what is shown in the condition ${listText(bare)}`] : []),
  ];
}

/** Those that are there more than once. */
function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}
