/** Files that look like lists to who exported them, and are none. */
import { closeSync, openSync, readSync } from 'node:fs'
import { ImportRefusedError } from './import-refused.js'

const SIGNATURES: readonly (readonly [octets: readonly number[], is: string])[] = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    'a spreadsheet or an archive (.xlsx, .ods, .zip), whatever its name: save it as CSV UTF-8',
  ],
  [[0xd0, 0xcf, 0x11, 0xe0], 'a spreadsheet (.xls), whatever its name: save it as CSV UTF-8'],
  [[0x1f, 0x8b], 'compressed: run gunzip first'],
  [[0xff, 0xfe], 'in UTF-16 ("Unicode text"): save it as CSV UTF-8'],
  [[0xfe, 0xff], 'in UTF-16 ("Unicode text"): save it as CSV UTF-8'],
]

/** @throws ImportRefusedError for a file that is no text in UTF-8 by its first octets */
export function refuseOtherFormats(path: string): void {
  const head = Buffer.alloc(4)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  const found = SIGNATURES.find(([octets]) => octets.every((octet, index) => head[index] === octet))
  if (found) throw new ImportRefusedError(`the file is ${found[1]}`)
}
