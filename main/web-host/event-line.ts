import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WorkbenchService } from '../services/workbench.ts';
import { ignore } from '../http/messages.ts';
import type { Access } from './access.ts';

/** Bytes of events that wait for a page. */
const LARGEST_BACKLOG = 16 * 2 ** 20;

/** The line for events, a WebSocket at /events; any other upgrade is refused. */
export function serveEvents(server: Server, { events }: WorkbenchService, access: Access): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  sockets.on('error', ignore);
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/events' || access.refusal(request, 'write') !== undefined) {
      refuse(socket);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const end = events.subscribe((name, payload) => {
        // A page that reads nothing must not fill the memory; it asks for the present state when it reconnects.
        if (client.bufferedAmount > LARGEST_BACKLOG) client.terminate();
        else client.send(JSON.stringify([name, payload]), ignore);
      });
      client.on('close', end);
      client.on('error', end);
    });
  });
  return sockets;
}

/** Answers and lets go: whoever was refused may neither break the host nor keep its connection. */
function refuse(socket: Duplex): void {
  socket.on('error', ignore);
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n', () => socket.destroy());
}
