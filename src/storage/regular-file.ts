/** Files that are read as a whole. A pipe would be waited for and a device read for ever: neither is opened. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** Code of the error for what is no regular file. */
export const NOT_A_FILE = 'NOT_A_FILE'
/** Code of the error for a file that is larger than any of its kind. */
export const TOO_LARGE = 'EFBIG'

/** Octets: room for the keys of every segment a journal will have. */
const MOST_OCTETS = 64 * 2 ** 20

/**
 * A descriptor to read from, links followed; a directory fails when it is read.
 *
 * @throws the error of the file system; `NOT_A_FILE` for a pipe, a socket or a device
 */
export function openRegularFile(path: string): number {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const found = fstatSync(file)
  if (found.isFile() || found.isDirectory()) return file
  closeSync(file)
  throw Object.assign(new Error(`${path} is no regular file`), { code: NOT_A_FILE })
}

/**
 * @param most octets it may have
 * @throws as {@link openRegularFile}, `EISDIR` for a directory, `EFBIG` for what has more
 */
export function readRegularFile(path: string, encoding: 'utf8' | 'latin1', most = MOST_OCTETS): string {
  const file = openRegularFile(path)
  try {
    if (fstatSync(file).size > most) throw Object.assign(new Error(`${path} is too large`), { code: TOO_LARGE })
    return readFileSync(file, encoding)
  } finally {
    closeSync(file)
  }
}
