import type { ParticipantAction, ParticipantView } from '../../main/api/contract.ts';
import { act, getView, join, type Outcome } from './host-calls.ts';
import { preload } from './pictures.ts';

const AGAIN_MS = 1500;
/** Trouble of less than that is not worth a word. */
const SILENT_TRIES = 1;

/** Where the participant is, and what is under way. What was sent and not answered is sent again until it is. */
export class TakingPart {
  /** Null until the host has answered for the first time. */
  view = $state.raw<ParticipantView | null>(null);
  /** What comes after a practice answer that is told about. */
  #after = $state.raw<ParticipantView | null>(null);
  isBusy = $state(false);
  /** The host does not answer; it is tried again. */
  isAway = $state(false);
  /** Why nothing can be done here: a link that is used up, for one. */
  refusal = $state<string | null>(null);

  /** What is told of the answer that was just given; the question is shown until the participant goes on. */
  get feedback() {
    return this.#after?.feedback ?? null;
  }

  /** Takes the token of the address, if there is one, and shows where the participant is. */
  async start(): Promise<void> {
    const token = location.hash.slice(1);
    if (token !== '' && !(await this.#join(token))) {
      this.refusal = '';
      return;
    }
    // Nobody who looks over a shoulder, and no history, shall have the token.
    history.replaceState(null, '', location.pathname + location.search);
    await this.#do(getView);
  }

  /** Does something; ignored while something is under way, so that a second press does nothing. */
  async act(action: ParticipantAction): Promise<void> {
    if (this.isBusy || (this.#after !== null && action.kind !== 'withdraw')) return;
    this.#after = null;
    await this.#do(() => act(action));
  }

  /** Leaves what was told of a practice answer. */
  goOn(): void {
    if (this.#after === null) return;
    this.view = this.#after;
    this.#after = null;
  }

  async #join(token: string): Promise<boolean> {
    const outcome = await this.#untilThere(async () => {
      const joined = await join(token);
      return joined === 'away' ? undefined : joined;
    });
    return outcome === 'joined';
  }

  async #do(call: () => Promise<Outcome>): Promise<void> {
    this.isBusy = true;
    const outcome = await this.#untilThere(async () => {
      const one = await call();
      return one.kind === 'away' ? undefined : one;
    });
    this.isBusy = false;
    if (outcome.kind === 'refused') this.refusal = outcome.message;
    else this.#show(outcome.view);
  }

  #show(view: ParticipantView): void {
    preload(view.preload);
    if (view.feedback === null) this.view = view;
    else this.#after = view;
  }

  async #untilThere<T>(call: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; ; tries++) {
      const outcome = await call();
      if (outcome !== undefined) {
        this.isAway = false;
        return outcome;
      }
      this.isAway = tries >= SILENT_TRIES;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
