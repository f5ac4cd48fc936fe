import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { createBridge } from '../api/bridge.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../api/channels.ts';
import type { Result, WorkbenchEvents } from '../api/contract.ts';

/* The only user of ipcRenderer. It runs in the sandbox and gives the page one object. */

const bridge = createBridge({
  host: 'desktop',
  send: (method, argument) =>
    (ipcRenderer.invoke(CALL_CHANNEL, method, argument) as Promise<Result<unknown>>).catch(
      (error: unknown) => ({
        ok: false,
        error: { name: 'Error', code: 'internal', message: String(error) },
      }),
    ),
  listen: (listener) =>
    void ipcRenderer.on(EVENT_CHANNEL, (_event, name: keyof WorkbenchEvents, payload: unknown) =>
      listener(name, payload),
    ),
  takeFiles: (files) =>
    Promise.resolve({
      ok: true,
      value: [...new Set(files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== ''))],
    }),
});

contextBridge.exposeInMainWorld('workbench', bridge);
