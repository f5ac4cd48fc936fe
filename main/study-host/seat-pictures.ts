import type { StudyPlace } from '../../core/project/participant-files.ts';
import type { ParticipantPlan } from '../../core/study/participant-plan.ts';
import { picturesOf } from '../../core/study/study-pictures.ts';
import type { Study, StudyPicture } from '../../core/study/study.ts';
import type { ShownStep } from '../api/contract.ts';
import { picturesIn, shownStep } from './step-view.ts';

/**
 * The pictures of a study as one participant may ask for them. Each has another name for every participant and study: it says
 * nothing, and no browser takes an older study's picture for it.
 */
export class SeatPictures {
  readonly #study: Study;
  readonly #plan: ParticipantPlan;
  readonly #keys = new Map<string, string>();
  readonly #pictures = new Map<string, StudyPicture>();
  /** Addresses of the pictures that the participant has come to, and up to which step they are here. */
  readonly #reached = new Set<string>();
  #reachedSteps = 0;

  constructor(study: Study, { storage, sha256 }: StudyPlace, plan: ParticipantPlan) {
    this.#study = study;
    this.#plan = plan;
    for (const picture of picturesOf(study)) {
      const text = `${sha256} ${plan.participant} ${picture.sha256}`;
      const key = storage.sha256(new TextEncoder().encode(text)).slice(0, 32);
      this.#keys.set(picture.sha256, key);
      this.#pictures.set(key, picture);
    }
  }

  /** A step as the participant sees it. */
  shown(at: number): ShownStep {
    return shownStep(this.#study, this.#plan, at, ({ sha256 }) => addressOf(this.#keys.get(sha256)!));
  }

  /** The addresses of the pictures of a step, below the page. */
  addressesOf(at: number): string[] {
    return picturesIn(this.shown(at)).map(({ address }) => address);
  }

  /** A picture by its name, where it belongs to a step up to the one after `at`. */
  find(key: string, at: number): StudyPicture | undefined {
    const end = Math.min(at + 2, this.#plan.steps.length);
    for (; this.#reachedSteps < end; this.#reachedSteps++)
      for (const address of this.addressesOf(this.#reachedSteps)) this.#reached.add(address);
    return this.#reached.has(addressOf(key)) ? this.#pictures.get(key) : undefined;
  }
}

function addressOf(key: string): string {
  return `pictures/${key}`;
}
