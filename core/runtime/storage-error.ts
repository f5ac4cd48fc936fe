import { TesseraError } from '../errors.ts';
import { NotAFile } from './regular-file.ts';

interface Reason {
  readonly text: string;
  readonly hint: string;
}

const REASONS: Readonly<Record<string, Reason | undefined>> = {
  ENOENT: { text: 'there is no such file or folder', hint: 'Check the path.' },
  EACCES: { text: 'permission denied', hint: 'Change the permissions or choose another place.' },
  EPERM: { text: 'the system does not permit it', hint: 'Change the permissions or choose another place.' },
  ENOTFILE: { text: 'it is not a file', hint: 'Give the path of a file.' },
  EISDIR: { text: 'it is a folder, not a file', hint: 'Give the path of a file.' },
  ENOTDIR: { text: 'a part of the path is a file, not a folder', hint: 'Give the path of a folder.' },
  EEXIST: { text: 'something of that name is already there', hint: 'Choose another name.' },
  ENOTEMPTY: { text: 'it is a folder that is not empty', hint: 'Choose another name.' },
  ENOSPC: { text: 'the disk is full', hint: 'Free some space and run again; nothing was overwritten.' },
  EDQUOT: {
    text: 'the disk quota is used up',
    hint: 'Free some space and run again; nothing was overwritten.',
  },
  EFBIG: {
    text: 'the file would be larger than the disk or the system allows',
    hint: 'Choose a place on another disk, or raise the limit (ulimit -f); nothing was overwritten.',
  },
  EROFS: { text: 'the disk is read-only', hint: 'Choose a place that can be written.' },
  EMFILE: { text: 'too many files are open', hint: 'Close other programs and run again.' },
  ENFILE: { text: 'too many files are open on this machine', hint: 'Close other programs and run again.' },
  ENOMEM: { text: 'the memory is used up', hint: 'Close other programs and run again.' },
  EINVAL: { text: 'the disk does not take such a name or file', hint: 'Choose another name or place.' },
  EILSEQ: { text: 'the disk does not take such a name', hint: 'Choose another name.' },
  EXDEV: { text: 'it lies on another disk', hint: 'Choose another place.' },
  ETXTBSY: { text: 'another program is using it', hint: 'Close that program and run again.' },
  ESTALE: { text: 'the network disk has lost it', hint: 'Connect the disk again and run again.' },
  ETIMEDOUT: { text: 'the network disk does not answer', hint: 'Connect the disk again and run again.' },
  ENODEV: { text: 'the disk is not there', hint: 'Connect the disk and run again.' },
  ENXIO: { text: 'the disk is not there', hint: 'Connect the disk and run again.' },
  ENAMETOOLONG: { text: 'the name is too long', hint: 'Choose a shorter name.' },
  ELOOP: { text: 'its symbolic links form a loop', hint: 'Correct or remove the links.' },
  EBUSY: { text: 'another program is using it', hint: 'Close that program and run again.' },
  EIO: { text: 'the disk reported an input/output error', hint: 'Check the disk.' },
};

/** The system's code of a failed call (`ENOENT`), or undefined when the failure has none. */
export function systemCode(cause: unknown): string | undefined {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Why a file operation failed, in plain words: "permission denied". */
export function storageReason(cause: unknown): string {
  if (cause instanceof NotAFile) return cause.message;
  return REASONS[systemCode(cause) ?? '']?.text ?? (cause instanceof Error ? cause.message : String(cause));
}

/** Tells in plain words why a file operation failed: `cannot <action> <path>: <reason>`. */
export function storageError(action: string, path: string, cause: unknown): TesseraError {
  const hint = REASONS[systemCode(cause) ?? '']?.hint;
  return new TesseraError('storage', `cannot ${action} ${path}: ${storageReason(cause)}`, {
    cause,
    ...(hint !== undefined && { hint }),
  });
}

/** Does something with a file; what fails is told by {@link storageError}. */
export async function withPlainErrors<T>(action: string, path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    throw storageError(action, path, cause);
  }
}
