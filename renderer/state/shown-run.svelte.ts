import { runLabel } from '../../core/wording/run-label.ts';
import type { RunKey } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { CoherenceState } from './coherence.svelte.ts';
import { ColumnsState } from './columns.svelte.ts';
import { EditModelState } from './edit-model.svelte.ts';
import { EvaluationState } from './evaluation.svelte.ts';
import { ImageBrowser } from './image-browser.svelte.ts';
import { MapState } from './map.svelte.ts';
import { OwnConcepts } from './own-concepts.svelte.ts';
import { MarkedObjects } from './marked-objects.svelte.ts';
import { NewImagesState } from './new-images.svelte.ts';
import type { Notice, Notices, Telling } from './notices.svelte.ts';
import { ReportDraft } from './report-draft.svelte.ts';
import { ResultState } from './result.svelte.ts';
import { TreeState } from './tree.svelte.ts';
import { WhatIfImage } from './what-if-image.svelte.ts';
import { WhatIfRun } from './what-if-run.svelte.ts';
import { isSameRun } from './same-run.ts';

/** Names no run: nothing is asked with it. */
const NONE: RunKey = { project: '', runId: '' };

let made = 0;

/**
 * Everything that the window keeps of one run. Another run, or a run of the same name in another project, gets one of
 * its own: what is on its way to the old one has nowhere to land in the new one.
 */
export class ShownRun {
  /** Undefined before it is known which; null where the project has no finished run. */
  readonly key: RunKey | null | undefined;
  /** Tells this one from every other, also of the same run. */
  readonly serial = ++made;
  readonly result: ResultState;
  readonly tree: TreeState;
  readonly coherence: CoherenceState;
  readonly columns: ColumnsState;
  readonly objects: MarkedObjects;
  readonly own: OwnConcepts;
  readonly images: ImageBrowser;
  readonly map: MapState;
  readonly report: ReportDraft;
  readonly newImages: NewImagesState;
  readonly editModel: EditModelState;
  readonly whatIfImage: WhatIfImage;
  readonly whatIfRun: WhatIfRun;
  readonly evaluations: EvaluationState;
  readonly #notices: RunNotices;

  /** `look`: the run shown before; how a person looks at runs stays. */
  constructor(connection: Connection, notices: Notices, key: RunKey | null | undefined, look?: ShownRun) {
    // What is given may hold more than the key; a question that carries more than it should is refused.
    const run = key ? { project: key.project, runId: key.runId } : NONE;
    this.key = key && run;
    this.#notices = new RunNotices(notices);
    this.result = new ResultState(connection, this.#notices, run, () => this.#regroup());
    this.tree = new TreeState(connection, this.#notices, run);
    this.own = new OwnConcepts(connection, this.#notices, run, {
      onChange: () => this.images.readAgain(),
      edit: (edit) => this.result.edit(edit),
    });
    this.coherence = new CoherenceState(connection, this.#notices, run);
    this.columns = new ColumnsState(connection, run);
    this.objects = new MarkedObjects(connection, run);
    this.images = new ImageBrowser(connection, run, { result: this.result, columns: this.columns });
    this.map = new MapState(connection, this.#notices, run, { images: this.images, columns: this.columns });
    this.evaluations = new EvaluationState(connection, run);
    this.newImages = new NewImagesState(connection, this.#notices, run);
    this.editModel = new EditModelState(connection, this.#notices, run);
    this.report = new ReportDraft(connection, this.#notices, run);
    this.whatIfImage = new WhatIfImage(connection, run);
    this.whatIfRun = new WhatIfRun(connection, run);
    if (look !== undefined) this.#lookLike(look);
    if (key === null) this.result.result.set(null);
  }

  /** What a late message is said to be about. */
  get label(): string {
    const { value } = this.result.result;
    return value
      ? `${runLabel(value.run.runId, value.run.name)} of “${value.className}”`
      : 'What was shown before';
  }

  isOf(run: RunKey): boolean {
    return isSameRun(this.key, run);
  }

  /** Another run takes its place; `name` tells people which one a late message is about. */
  retire(name: string): void {
    this.#notices.retire(name);
  }

  /** Other concepts are one: what was asked of them is asked anew. */
  #regroup(): void {
    this.images.readAgain();
    this.whatIfImage.restart();
    this.whatIfRun.restart();
  }

  #lookLike({ result, images }: ShownRun): void {
    const { look, sort, places, cellSize, showHidden } = result;
    Object.assign(this.result, { look, sort, places, cellSize, showHidden });
    if (images.method !== undefined) this.images.method = images.method;
  }
}

/** Messages of one run. Once it is not shown any more, its ways back are closed and late messages name it. */
class RunNotices implements Telling {
  readonly #notices: Notices;
  readonly #told = new Set<number>();
  #name: string | undefined;

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  tell(text: string, action?: Notice['action']): number {
    if (this.#name !== undefined) return this.#notices.tell(`${this.#name}: ${text}`);
    const id = this.#notices.tell(text, action);
    this.#told.add(id);
    return id;
  }

  fail(error: unknown, about = this.#name): void {
    this.#notices.fail(error, about);
  }

  speak(text: string): void {
    if (this.#name === undefined) this.#notices.speak(text);
  }

  retire(name: string): void {
    this.#name = name;
    for (const id of this.#told) this.#notices.close(id);
  }
}
