/** Files that look like lists to who exported them, and are none. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Words } from '../records/drafts.js'
import { ImportRefusedError } from './import-refused.js'

const UTF_16: Words = {
  en: 'in UTF-16 ("Unicode text"): save it as CSV UTF-8',
  fr: 'en UTF-16 (« texte Unicode ») : l’enregistrer en CSV UTF-8',
}
const COMPRESSED: Words = { en: 'compressed: unpack it first', fr: 'compressé : le décompresser d’abord' }
const NO_TEXT: Words = {
  en: 'no text: save what it holds as CSV UTF-8',
  fr: 'autre chose que du texte : enregistrer ce qu’il contient en CSV UTF-8',
}

/** By the first octets, one character for each. */
const SIGNATURES: readonly (readonly [octets: RegExp, is: Words])[] = [
  [
    /^PK\x03\x04/,
    {
      en: 'a spreadsheet or an archive (.xlsx, .ods, .zip), whatever its name: save it as CSV UTF-8',
      fr: 'un classeur ou une archive (.xlsx, .ods, .zip), quel que soit son nom : l’enregistrer en CSV UTF-8',
    },
  ],
  [
    /^\xd0\xcf\x11\xe0/,
    {
      en: 'a spreadsheet (.xls), whatever its name: save it as CSV UTF-8',
      fr: 'un classeur (.xls), quel que soit son nom : l’enregistrer en CSV UTF-8',
    },
  ],
  [/^\x1f\x8b/, { en: 'compressed: run gunzip first', fr: 'compressé : lancer gunzip d’abord' }],
  [/^(?:BZh[1-9]1AY|\xfd7zXZ\0|\x28\xb5\x2f\xfd|7z\xbc\xaf|Rar!)/, COMPRESSED],
  [
    /^%PDF-/,
    {
      en: 'a PDF: export the list it was made from as CSV UTF-8',
      fr: 'un PDF : exporter en CSV UTF-8 la liste dont il vient',
    },
  ],
  [
    /^(?:\xef\xbb\xbf)?\s{0,64}<(?:!doctype|html|table|\?xml)/i,
    {
      en: 'a page in HTML or XML, whatever its name: open it in a spreadsheet and save it as CSV UTF-8',
      fr: 'une page en HTML ou XML, quel que soit son nom : l’ouvrir dans un tableur et l’enregistrer en CSV UTF-8',
    },
  ],
  [/^(?:\xff\xfe|\xfe\xff)/, UTF_16],
]

/** Octets looked at. */
const HEAD = 4_096

/** @throws ImportRefusedError for a file that is no text in UTF-8 by its first octets */
export function refuseOtherFormats(path: string): void {
  const head = Buffer.alloc(HEAD)
  const file = openSync(path, 'r')
  let size: number
  try {
    size = readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  const octets = head.toString('latin1', 0, size)
  const is = SIGNATURES.find(([signature]) => signature.test(octets))?.[1] ?? binary(octets)
  if (is) throw new ImportRefusedError({ en: `the file is ${is.en}`, fr: `le fichier est ${is.fr}` })
}

/** No text has an octet of nothing in it; UTF-16 without a byte order mark has nothing but such as every other of Latin letters. */
function binary(octets: string): Words | undefined {
  const at: [even: number, odd: number] = [0, 0]
  for (let index = octets.indexOf('\0'); index >= 0; index = octets.indexOf('\0', index + 1)) at[index % 2]! += 1
  const [fewer, more] = at[0] < at[1] ? at : [at[1], at[0]]
  if (more === 0) return undefined
  return more > octets.length / 4 && fewer < more / 8 ? UTF_16 : NO_TEXT
}
