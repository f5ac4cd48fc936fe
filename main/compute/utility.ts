import path from 'node:path';

/*
 * The entry of the compute process under Electron. On Linux the process is Electron's own program and brings the
 * system's GLib along, so sharp is loaded from the copies that share nothing with it (main/build/native).
 */

const COPIES = path.join(import.meta.dirname, '../native');
const PACKAGED = /^.*[\\/]@img[\\/](?=sharp-linux-)/;

if (process.platform === 'linux') {
  const dlopen = process.dlopen.bind(process);
  const emitWarning = process.emitWarning.bind(process);
  process.dlopen = (module, file, ...flags) =>
    dlopen(module, file.replace(PACKAGED, `${COPIES}/`), ...(flags as []));
  // sharp warns of the very conflict that the copies do not have.
  process.emitWarning = (warning, ...rest: unknown[]) => {
    if ((rest[0] as { code?: string } | undefined)?.code !== 'SharpElectronLinux')
      emitWarning(warning, ...(rest as []));
  };
}

await import('./process.ts');
