import { fileStorage } from '../../../core/runtime/storage.ts';

/*
 * Loaded before the program: sends the process a signal just before it writes a file whose path
 * matches TESSERA_STOP_AT, TESSERA_STOP_AFTER writes of such files later.
 */
const place = new RegExp(process.env['TESSERA_STOP_AT'] ?? '');
const signal = process.env['TESSERA_STOP_SIGNAL'] ?? 'SIGKILL';
const write = fileStorage.writeAtomic.bind(fileStorage);
let left = Number(process.env['TESSERA_STOP_AFTER'] ?? 0);
let isSent = false;

fileStorage.writeAtomic = (file, bytes) => {
  if (!isSent && place.test(file.replaceAll('\\', '/')) && left-- === 0) {
    isSent = true;
    process.kill(process.pid, signal);
  }
  return write(file, bytes);
};
