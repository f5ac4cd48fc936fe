/** Files that are dragged over the window. */
export class FileDrag {
  /** Enter and leave events of nested elements, counted. */
  #depth = $state(0);

  get isOver(): boolean {
    return this.#depth > 0;
  }

  enter(event: DragEvent): void {
    if (hasFiles(event)) this.#depth++;
  }

  leave(event: DragEvent): void {
    if (hasFiles(event)) this.#depth = Math.max(0, this.#depth - 1);
  }

  end(): void {
    this.#depth = 0;
  }
}

/** Does a person drag files, and not text? */
export function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') ?? false;
}
