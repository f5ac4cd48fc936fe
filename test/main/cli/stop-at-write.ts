import { fileStorage } from '../../../core/runtime/storage.ts';

/*
 * Loaded before the program: sends the process a signal just before it writes a file whose path
 * matches TESSERA_STOP_AT.
 */
const place = new RegExp(process.env['TESSERA_STOP_AT'] ?? '');
const signal = process.env['TESSERA_STOP_SIGNAL'] ?? 'SIGKILL';
const write = fileStorage.writeAtomic.bind(fileStorage);
let isSent = false;

fileStorage.writeAtomic = (file, bytes) => {
  if (!isSent && place.test(file.replaceAll('\\', '/'))) {
    isSent = true;
    process.kill(process.pid, signal);
  }
  return write(file, bytes);
};
