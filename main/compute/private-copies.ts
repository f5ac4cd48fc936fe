/*
 * On Linux a utility process is Electron's own program and brings the system's GLib along, so sharp is loaded from the copies
 * that share nothing with it (main/build/native).
 */

const PACKAGED = /^.*[\\/]@img[\\/](?=sharp-linux-)/;

/** Lets this process load sharp from a folder of copies; to be called before anything that loads it. */
export function usePrivateCopies(folder: string): void {
  if (process.platform !== 'linux') return;
  const dlopen = process.dlopen.bind(process);
  const emitWarning = process.emitWarning.bind(process);
  process.dlopen = (module, file, ...flags) =>
    dlopen(module, file.replace(PACKAGED, `${folder}/`), ...(flags as []));
  // sharp warns of the very conflict that the copies do not have.
  process.emitWarning = (warning, ...rest: unknown[]) => {
    if ((rest[0] as { code?: string } | undefined)?.code !== 'SharpElectronLinux')
      emitWarning(warning, ...(rest as []));
  };
}
