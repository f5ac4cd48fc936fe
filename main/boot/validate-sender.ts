import { PAGE_ORIGIN } from './protocol-scheme.ts';

/** The part of Electron's WebFrameMain that tells who calls. */
export interface SenderFrame {
  readonly url: string;
  /** Null for the main frame. */
  readonly parent: unknown;
}

/** Is a message from the main frame of the workbench's own page? A frame that is gone is not. */
export function isOwnPage(frame: SenderFrame | null | undefined): boolean {
  if (frame === null || frame === undefined || frame.parent !== null) return false;
  return frame.url === PAGE_ORIGIN || frame.url.startsWith(`${PAGE_ORIGIN}/index.html`);
}
