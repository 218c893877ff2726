/** Files that look like lists to who exported them, and are none. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Words } from '../records/drafts.js'
import { ImportRefusedError } from './import-refused.js'

const UTF_16: Words = {
  en: 'in UTF-16 ("Unicode text"): save it as CSV UTF-8',
  fr: 'en UTF-16 (« texte Unicode ») : l’enregistrer en CSV UTF-8',
}

const SIGNATURES: readonly (readonly [octets: readonly number[], is: Words])[] = [
  [
    [0x50, 0x4b, 0x03, 0x04],
    {
      en: 'a spreadsheet or an archive (.xlsx, .ods, .zip), whatever its name: save it as CSV UTF-8',
      fr: 'un classeur ou une archive (.xlsx, .ods, .zip), quel que soit son nom : l’enregistrer en CSV UTF-8',
    },
  ],
  [
    [0xd0, 0xcf, 0x11, 0xe0],
    {
      en: 'a spreadsheet (.xls), whatever its name: save it as CSV UTF-8',
      fr: 'un classeur (.xls), quel que soit son nom : l’enregistrer en CSV UTF-8',
    },
  ],
  [[0x1f, 0x8b], { en: 'compressed: run gunzip first', fr: 'compressé : lancer gunzip d’abord' }],
  [[0xff, 0xfe], UTF_16],
  [[0xfe, 0xff], UTF_16],
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
  if (found) throw new ImportRefusedError({ en: `the file is ${found[1].en}`, fr: `le fichier est ${found[1].fr}` })
}
