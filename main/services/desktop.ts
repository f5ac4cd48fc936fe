import { TesseraError } from '../../core/errors.ts';
import type { AppInfo, WorkbenchApi } from '../api/contract.ts';

/** What a file dialog is opened for. */
export type FileChoice = Parameters<WorkbenchApi['chooseFiles']>[0]['what'];

/** What only a desktop can do: dialogs, printing, the file browser. */
export interface Desktop {
  readonly host: AppInfo['host'];
  /** Empty when the dialog was closed. */
  chooseFiles(what: FileChoice): Promise<readonly string[]>;
  /** Null when the dialog was closed; undefined where there are no dialogs. */
  chooseTarget(name: string): Promise<string | null | undefined>;
  /** A page as PDF. */
  print(page: string): Promise<Uint8Array>;
  showInFolder(path: string): void;
  /** Fills the screen with a participant's page; resolves when it is shown. */
  openKiosk(kiosk: Kiosk): Promise<void>;
}

/** One participant after the other on this screen, and nothing else. */
export interface Kiosk {
  /** Of the first participant. */
  readonly link: string;
  /** The link of the next one; null as long as the present one is not done. */
  readonly next: () => Promise<string | null>;
  /** The researcher has ended it. */
  readonly onEnd: () => void;
}

/** The researcher's keys in the kiosk. */
export const KIOSK_KEYS = { leave: 'Ctrl+Shift+Q', next: 'Ctrl+Shift+Enter' } as const;

/** The browser in front of the loopback host: files come by upload, pages go by download. */
export const browserDesktop: Desktop = {
  host: 'browser',
  chooseFiles: () =>
    Promise.reject(unavailable('file dialogs', 'Drop the files on the page, or type their path.')),
  chooseTarget: () => Promise.resolve(undefined),
  print: () => Promise.reject(unavailable('printing to a file', 'Print the page from the browser.')),
  showInFolder: () => {
    throw unavailable('a file browser', 'The path is shown in the setup.');
  },
  openKiosk: () => Promise.reject(unavailable('a kiosk', 'Serve the study, and open a link.')),
};

function unavailable(what: string, hint: string): TesseraError {
  return new TesseraError('bad-usage', `A browser does not offer ${what} here.`, { hint });
}
