import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { TesseraError } from '../../core/errors.ts';

/** Where only this machine hears. */
export const LOOPBACK = '127.0.0.1';

/** What it means that a host is heard on a network: told before it starts and where its links are. */
export const NETWORK_WARNING =
  'Everybody on this network who has a link can answer with it. Nothing is encrypted: who can listen on the network ' +
  'can read pictures and answers. Use a network of your own, let the firewall of this machine admit the port for this ' +
  'network alone, and stop serving when you are done.';

/** Is an address heard by this machine alone? */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

/**
 * Refuses what is no single address: links have to lead somewhere, and the host answers to no other name.
 * Throws   TesseraError 'bad-usage'.
 */
export function requireOneAddress(address: string): void {
  if (/^[\w.:-]+$/.test(address) && !/^(0+(\.0+)*|[0:]+)$/.test(address)) return;
  throw new TesseraError('bad-usage', `study: "${address}" is not one address of this machine.`, {
    hint: `Give the address that participants' machines reach this one at. ${ownAddresses()}`,
  });
}

/** The addresses of this machine on its networks, as a sentence. */
export function ownAddresses(): string {
  const own = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );
  return own.length > 0 ? `This machine has ${own.join(', ')}.` : 'This machine is on no network.';
}

/** Address and port as they stand in a link. */
export function hostName(address: string, port: number): string {
  return `${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
