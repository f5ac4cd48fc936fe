import { protocol } from 'electron';
import { plain, type Resource } from '../http/resource.ts';
import { SCHEME } from './protocol-scheme.ts';

/** Must be called before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

/** Serves pages, pictures and documents at tessera://app/…; any other host of the scheme does not exist. */
export function serveScheme(resources: (address: URL) => Promise<Resource>): void {
  protocol.handle(SCHEME, async (request) => {
    const address = new URL(request.url);
    const isOurs = address.host === 'app' && request.method === 'GET';
    const { status, headers, body } = isOurs ? await resources(address) : plain(404, 'Not found.');
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), { status, headers });
  });
}
