/** Files that are read as a whole. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** Code of the error for what is no regular file. */
export const NOT_A_FILE = 'NOT_A_FILE'

/**
 * The content of a file, links followed. A pipe would be waited for and a device read for ever: neither is opened.
 *
 * @throws the error of the file system; `EISDIR` for a directory, `NOT_A_FILE` for a pipe, a socket or a device
 */
export function readRegularFile(path: string, encoding: 'utf8' | 'latin1'): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(file)
    if (!found.isFile() && !found.isDirectory())
      throw Object.assign(new Error(`${path} is no regular file`), { code: NOT_A_FILE })
    return readFileSync(file, encoding)
  } finally {
    closeSync(file)
  }
}
