import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callHandler, isMethod, type PageId } from '../api/call-handler.ts';
import { PAGE_HEADER } from '../api/channels.ts';
import { resultOf } from '../api/serialize-error.ts';
import { addressOf, ignore, readText, send } from '../http/messages.ts';
import { json, plain, type Resource } from '../http/resource.ts';
import type { WorkbenchService } from '../services/workbench.ts';
import { createAccess, type Access } from './access.ts';
import { serveEvents } from './event-line.ts';
import { takeUpload } from './uploads.ts';

/** What a host serves, and where. */
export interface WebHostOptions {
  readonly workbench: WorkbenchService;
  readonly resources: (address: URL) => Promise<Resource>;
  /** The script that gives a page its `window.workbench`. */
  readonly bridge: () => Promise<Uint8Array>;
  readonly uploads: string;
  /** @default 0: any free port */
  readonly port?: number;
}

/** A host that listens. */
export interface WebHost {
  /** With the one-time token. */
  readonly address: string;
  close(): Promise<void>;
}

/** An argument is a few paths or a page of text. */
const LARGEST_CALL = 4 * 2 ** 20;

/** Serves the workbench on 127.0.0.1: pages and pictures, calls as POST /api/METHOD, events on a WebSocket. */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const access = createAccess(port);
  // A connection may break at any moment, whoever holds it: an error that nobody hears would end the host.
  server.on('connection', (socket) => socket.on('error', ignore));
  server.on('request', (request, response) => void answer(options, access, request, response));
  const sockets = serveEvents(server, options.workbench, access);
  return {
    address: `http://127.0.0.1:${port}/?token=${access.token}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  options: WebHostOptions,
  access: Access,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    send(response, await resourceFor(options, access, request));
  } catch (error) {
    options.workbench.log.write('error', `host: ${String(error)}`);
    if (!response.headersSent) send(response, plain(500, 'It failed; the log tells more.'));
  }
}

async function resourceFor(
  { workbench, resources, bridge, uploads }: WebHostOptions,
  access: Access,
  request: IncomingMessage,
): Promise<Resource> {
  const address = addressOf(request);
  if (address === undefined) return plain(400, 'The address is not well formed.');
  const { pathname, searchParams } = address;
  const isWrite = request.method !== 'GET';
  if (!isWrite && pathname === '/' && searchParams.has('token'))
    return welcome(access, request, searchParams.get('token'));
  const refusal = access.refusal(request, isWrite ? 'write' : 'read');
  if (refusal !== undefined) return plain(403, `Refused: ${refusal}.`);
  if (!isWrite && pathname === '/bridge.js') {
    return {
      status: 200,
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
      body: await bridge(),
    };
  }
  if (!isWrite) return withBridge(pathname, await resources(address));
  if (request.method !== 'POST') return plain(405, 'Only GET and POST.');
  if (pathname === '/uploads') {
    const [drop, place] = [searchParams.get('drop') ?? '', searchParams.get('place') ?? ''];
    return json(await resultOf(() => takeUpload(uploads, drop, place, request)));
  }
  const method = pathname.replace(/^\/api\//, '');
  if (!isMethod(method)) return plain(404, 'There is no such method.');
  return call(workbench, method, request);
}

/** The token becomes a cookie, and the address without it the one in the history. */
function welcome(access: Access, request: IncomingMessage, token: string | null): Resource {
  const cookie = access.isOurHost(request) ? access.redeem(token) : undefined;
  // The same browser may open the printed address again.
  if (cookie === undefined && access.refusal(request, 'read') !== undefined) {
    return plain(403, 'Refused: this address was used already, or is not the one that was printed.');
  }
  const headers = {
    location: '/',
    'cache-control': 'no-store',
    ...(cookie !== undefined && { 'set-cookie': cookie }),
  };
  return { status: 303, headers, body: '' };
}

async function call(
  { handlers, log }: WorkbenchService,
  method: Parameters<typeof callHandler>[1],
  request: IncomingMessage,
): Promise<Resource> {
  const text = await readText(request, LARGEST_CALL);
  if (text === undefined) return plain(413, 'The argument is too large.');
  let argument: unknown;
  try {
    argument = text === '' ? undefined : JSON.parse(text);
  } catch {
    return plain(400, 'The argument is not JSON.');
  }
  const onInternal = (error: unknown): void =>
    log.write('error', `${method}: ${(error as Error).stack ?? String(error)}`);
  return json(await callHandler(handlers, method, argument, { onInternal, page: pageOf(request) }));
}

/** The page that a call comes from, by the name that it gave itself; without one it is a page of its own. */
function pageOf({ headers }: IncomingMessage): PageId {
  const given = headers[PAGE_HEADER];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}

/** The page gets its bridge by a script of its own origin, before its own. */
function withBridge(pathname: string, resource: Resource): Resource {
  if (resource.status !== 200 || (pathname !== '/' && pathname !== '/index.html')) return resource;
  const page = Buffer.from(resource.body).toString('utf8');
  return { ...resource, body: page.replace('<head>', '<head><script src="/bridge.js"></script>') };
}
