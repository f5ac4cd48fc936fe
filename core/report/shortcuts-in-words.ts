import type { Explanation, Shortcut, ShortcutEvidence } from '../concepts/explanation.ts';
import {
  carriedText,
  evidenceSentence,
  leansText,
  remedyText,
  unknownText,
} from '../wording/shortcut-words.ts';

/** A shortcut with the words for it. */
export interface ShortcutInWords {
  readonly shortcut: Shortcut;
  readonly class: string;
  /** Name of the concept as it is shown, and its id there: that of the group it is merged into. */
  readonly conceptName: string;
  readonly conceptId: string;
  /** What to take out of the model against it, as it is shown: the concepts that help, or that which carries it. */
  readonly remedy: readonly { readonly id: string; readonly name: string }[];
  /** "leans on the top left corner " */
  readonly leans: string;
  readonly evidence: readonly (ShortcutEvidence & { readonly sentence: string })[];
  /** Sentences that are no figure: how much goes through the concept, and what is not known. */
  readonly notes: readonly string[];
}

/** Every shortcut of a run in words; an explanation with its names and merges, as a person left it, or as it was found. */
export function shortcutsInWords({ shortcuts, concepts, className }: Explanation): ShortcutInWords[] {
  return (shortcuts?.found ?? []).map((shortcut) => {
    const shownAs = (wanted: string) =>
      concepts.find(({ id, merged }) => id === wanted || merged?.includes(wanted) === true);
    const own = shownAs(shortcut.concept);
    const remedy = [
      ...new Map(
        (shortcut.remedy?.concepts ?? [shortcut.concept]).map((id) => {
          const shown = shownAs(id);
          return [shown?.id ?? id, shown?.name ?? id];
        }),
      ),
    ].map(([id, name]) => ({ id, name }));
    const conceptName = own?.name ?? shortcut.concept;
    return {
      shortcut,
      class: className,
      conceptName,
      conceptId: own?.id ?? shortcut.concept,
      remedy,
      leans: leansText(shortcut),
      // That images of the class lie in the folder of the class says nothing.
      evidence: shortcut.evidence
        .filter((one) => !isOwnFolder(one, className))
        .map((one) => ({
          ...one,
          sentence: evidenceSentence(one, shortcut, className),
        })),
      notes: [
        carriedText(shortcut, conceptName),
        shortcut.remedy
          ? remedyText(
              shortcut.remedy,
              remedy.map(({ name }) => name),
            )
          : '',
        unknownText(shortcut),
      ].filter((text) => text !== ''),
    };
  });
}

function isOwnFolder({ figure, folder = '' }: ShortcutEvidence, className: string): boolean {
  const [own, named] = [folder, className].map((name) =>
    name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''),
  );
  return figure === 'folder' && own === named;
}
