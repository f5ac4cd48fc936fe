import type { IpcMain, WebContents } from 'electron';
import type { WorkbenchService } from '../services/workbench.ts';
import { callHandler, isMethod } from '../api/call-handler.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../api/channels.ts';
import { isOwnPage } from './validate-sender.ts';

/** Answers calls from our own page; any other sender is refused before its argument is looked at. */
export function registerHandlers(
  ipcMain: Pick<IpcMain, 'handle'>,
  { handlers, log }: WorkbenchService,
): void {
  ipcMain.handle(CALL_CHANNEL, (event, method: unknown, argument: unknown) => {
    if (!isOwnPage(event.senderFrame)) throw new Error('Refused: not a page of Tessera.');
    if (!isMethod(method)) throw new Error('Refused: no such method.');
    const onInternal = (error: unknown): void =>
      log.write('error', `${method}: ${(error as Error).stack ?? String(error)}`);
    return callHandler(handlers, method, argument, { onInternal });
  });
}

/** Passes what happens on to a page, as long as it lives. */
export function forwardEvents(contents: WebContents, { events }: WorkbenchService): void {
  const end = events.subscribe((name, payload) => {
    if (!contents.isDestroyed()) contents.send(EVENT_CHANNEL, name, payload);
  });
  contents.once('destroyed', end);
}
