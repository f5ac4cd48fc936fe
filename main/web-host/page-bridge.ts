import { createBridge } from '../api/bridge.ts';
import { PAGE_HEADER } from '../api/channels.ts';
import type { Result, WorkbenchEvents } from '../api/contract.ts';

/* Runs in a page of the loopback host before the workbench's own script, and gives it `window.workbench`. */

const UPLOADS_AT_ONCE = 4;
const RECONNECT_MS = 1000;
/** Tells this page from others in the same browser. */
const PAGE = crypto.randomUUID();

async function post(path: string, body: BodyInit | undefined): Promise<Result<unknown>> {
  try {
    const headers = { [PAGE_HEADER]: PAGE };
    const response = await fetch(path, { method: 'POST', headers, ...(body !== undefined && { body }) });
    if (response.ok) return (await response.json()) as Result<unknown>;
    return lost(`${response.status}: ${await response.text()}`);
  } catch (error) {
    return lost(String(error));
  }
}

function lost(reason: string): Result<never> {
  const message = `The workbench did not answer (${reason}).`;
  const hint = 'See whether the program in the terminal still runs, then reload the page.';
  return { ok: false, error: { name: 'HostError', code: 'internal', message, hint } };
}

type Listener = (name: keyof WorkbenchEvents, payload: unknown) => void;

/** Keeps a line for events open; after a pause it says what was missed by asking for the present state. */
function listen(listener: Listener): void {
  const socket = new WebSocket(`ws://${location.host}/events`);
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    const [name, payload] = JSON.parse(data) as [keyof WorkbenchEvents, unknown];
    listener(name, payload);
  };
  socket.onclose = () => setTimeout(() => void reconnect(listener), RECONNECT_MS);
}

async function reconnect(listener: Listener): Promise<void> {
  listen(listener);
  const [setup, run] = await Promise.all([post('/api/getSetup', undefined), post('/api/getRun', undefined)]);
  if (setup.ok) listener('setup', setup.value);
  if (run.ok && run.value !== null) listener('run', run.value);
}

async function takeFiles(
  files: readonly File[],
  places: readonly string[],
): Promise<Result<readonly string[]>> {
  const drop = crypto.randomUUID();
  const tops = new Set<string>();
  let next = 0;
  let failed: Result<never> | undefined;
  const worker = async (): Promise<void> => {
    while (next < files.length && failed === undefined) {
      const index = next++;
      const place = encodeURIComponent(places[index] ?? files[index].name);
      const result = await post(`/uploads?drop=${drop}&place=${place}`, files[index]);
      if (result.ok) tops.add(result.value as string);
      else failed = result;
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, worker));
  return failed ?? { ok: true, value: [...tops] };
}

Object.defineProperty(window, 'workbench', {
  value: createBridge({
    host: 'browser',
    send: (method, argument) =>
      post(`/api/${method}`, argument === undefined ? undefined : JSON.stringify(argument)),
    listen,
    takeFiles,
  }),
});
