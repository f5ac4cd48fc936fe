import { itemOf } from '../../core/study/taking-part.ts';
import type { AmountRow, Panel, Study, StudyPicture, UtilityItem } from '../../core/study/study.ts';
import type { LearntPicture, ShownAmount, ShownPanel, ShownPicture } from '../api/contract.ts';

/** Gives a picture the address that it has for one participant. */
export type AddressOf = (picture: StudyPicture) => string;

/** Puts the parts of a study as one participant sees them. */
export class ShownParts {
  readonly answers: readonly string[];
  readonly #study: Study;
  readonly #condition: string;
  readonly #addressOf: AddressOf;

  constructor(study: Study, condition: string, addressOf: AddressOf) {
    this.#study = study;
    this.#condition = condition;
    this.#addressOf = addressOf;
    this.answers = study.material.kind === 'utility' ? study.material.answers : [];
  }

  readonly picture = (picture: StudyPicture): ShownPicture => {
    const { width, height, alt } = picture;
    return { address: this.#addressOf(picture), width, height, alt };
  };

  learnt(id: string): LearntPicture {
    const { picture, answer, shown } = itemOf(this.#study, id) as UtilityItem;
    return {
      picture: this.picture(picture),
      answer: this.answers[answer],
      panels: (shown[this.#condition] ?? []).map(this.#panel),
    };
  }

  legend(): ShownPanel[] {
    const { material } = this.#study;
    return material.kind === 'utility' ? (material.legend[this.#condition] ?? []).map(this.#panel) : [];
  }

  readonly #panel = (panel: Panel): ShownPanel => {
    if (panel.kind === 'map') return { ...panel, picture: this.picture(panel.picture) };
    if (panel.kind === 'gallery') return { ...panel, crops: panel.crops.map(this.picture) };
    return { ...panel, rows: panel.rows.map((row) => this.#amount(row)) };
  };

  #amount({ concept, name, amount, contribution }: AmountRow): ShownAmount {
    const answer = this.answers[contribution !== null && contribution > 0 ? 0 : 1];
    const isSilent = contribution === null || contribution === 0;
    return {
      ...{ concept, name, amount },
      speaksFor: isSilent ? null : { answer, by: Math.abs(contribution) },
    };
  }
}
