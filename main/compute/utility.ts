import path from 'node:path';
import { usePrivateCopies } from './private-copies.ts';

/* The entry of the compute process under Electron. */

usePrivateCopies(path.join(import.meta.dirname, '../native'));
await import('./process.ts');
