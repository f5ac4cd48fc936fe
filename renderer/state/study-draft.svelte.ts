import type {
  Scenario,
  StudyConditionItem,
  StudyFindings,
  StudyKind,
  StudyPlan,
} from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/** Points of accuracy that the power is told for, and the accuracy they are added to. */
export const SUPPOSED = { effect: 0.1, accuracy: 0.65 } as const;

/** A study as it is being planned: nothing of it is kept before it is frozen. */
export class StudyDraft {
  kind = $state<StudyKind>('utility');
  /** Ids of one run, or of two. */
  runs = $state.raw<readonly string[]>([]);
  title = $state('');
  consent = $state('');
  participants = $state(20);
  seed = $state(0);
  chosen = $state.raw<readonly string[] | null>(null);
  contrast = $state.raw<{ readonly condition: string; readonly against: string } | null>(null);
  scenario = $state<Scenario>('all');
  sessions = $state(3);
  train = $state(6);
  test = $state(8);
  sets = $state(8);
  /** Names of fields in which something else than a number stands: what they hold is not what a person meant. */
  #refused = $state.raw<readonly string[]>([]);
  readonly choices = new Loadable<readonly StudyConditionItem[]>();
  readonly power = new Loadable<{ readonly value: number; readonly low: number; readonly high: number }>();
  /** The study as simulated participants answer it. */
  readonly rehearsal = new Loadable<StudyFindings>();
  readonly #api: Connection['api'];

  constructor({ api }: Connection) {
    this.#api = api;
  }

  readonly conditions = $derived(
    this.chosen ?? (this.choices.value ?? []).filter(({ isUsual }) => isUsual).map(({ name }) => name),
  );
  /** What the primary test compares; as chosen, while both are conditions of the study. */
  readonly primary = $derived.by(() => {
    const { contrast, conditions } = this;
    if (contrast && conditions.includes(contrast.condition) && conditions.includes(contrast.against))
      return contrast;
    const [against, ...others] = conditions.toReversed().toSorted((a, b) => rankOf(a) - rankOf(b));
    const condition = others.at(-1);
    return condition === undefined ? null : { condition, against };
  });

  readonly hasRefused = $derived(this.#refused.length > 0);

  refuse(field: string, isRefused: boolean): void {
    const others = this.#refused.filter((one) => one !== field);
    this.#refused = isRefused ? [...others, field] : others;
  }

  /** Another kind has other fields. */
  setKind(kind: StudyKind): void {
    this.kind = kind;
    this.#refused = this.#refused.filter((field) => field === 'seed' || field === 'participants');
  }

  readConditions(): void {
    if (this.choices.value === undefined && !this.choices.isLoading)
      void this.choices.load(() => this.#api.listStudyConditions());
  }

  toggle(condition: string): void {
    const { conditions } = this;
    const all = (this.choices.value ?? []).map(({ name }) => name);
    this.chosen = conditions.includes(condition)
      ? conditions.filter((one) => one !== condition)
      : all.filter((one) => one === condition || conditions.includes(one));
  }

  /** How likely the study sees a difference of ten points. */
  estimate(): void {
    const { participants, sessions, test: pictures } = this;
    void this.power.load(() =>
      this.#api.estimateStudyPower({ participants, sessions, pictures, ...SUPPOSED }),
    );
  }

  /** The plan as it is asked for, over runs of which the first is taken where none is chosen. */
  planOver(finished: readonly string[]): StudyPlan {
    const { kind, participants, seed, scenario, sessions, train, test, sets } = this;
    const known = this.runs.filter((id) => finished.includes(id));
    const runs = known.length > 0 ? known : finished.slice(0, 1);
    const plan = { kind, participants, seed, runs: kind === 'utility' ? runs : runs.slice(0, 1) };
    if (kind === 'intruder') return { ...plan, sets };
    if (kind === 'choice') return plan;
    const { conditions, primary: contrast } = this;
    return { ...plan, utility: { conditions, contrast, scenario, sessions, train, test } };
  }

  rehearse(project: string, plan: StudyPlan): void {
    void this.rehearsal.load(() => this.#api.rehearseStudy({ project, ...plan }));
  }
}

/** What a condition is compared with where nothing else is said: Grad-CAM before saliency before no explanation. */
function rankOf(condition: string): number {
  const at = ['grad-cam', 'saliency', 'control'].indexOf(condition);
  return at < 0 ? 3 : at;
}
