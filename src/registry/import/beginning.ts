/**
 * How a list begins: a plain one with its first entry, or with a name over it; a table with the line that names its columns.
 * What cannot be read is refused with what to do about it, before anything is written.
 */
import { readAddress, readWholeDomain } from '../../domain/address.js'
import type { DigestAlgorithm } from '../../domain/subject-key.js'
import type { Words } from '../records/drafts.js'
import { bracketedAddress, namesAddresses, namesDigests, withAddressColumn } from './address-column.js'
import { type CsvHeader, readHeader } from './csv-rows.js'
import { algorithmOf } from './digest-text.js'
import { ImportRefusedError } from './import-refused.js'
import { refuseOtherFormats } from './other-formats.js'
import { entryOf } from './plain-rows.js'
import { type Position, type SourceLine, sourceLines, START_OF_FILE } from './source-lines.js'

export interface Expected {
  /** What the file holds: only of objections, or of addresses to be judged, may it be a plain list. */
  readonly of: 'rows' | 'objections' | 'addresses'
  /** Algorithm of the digests that stand in place of addresses. */
  readonly hashed?: DigestAlgorithm | undefined
}

/** `start`: where the first row is looked for. */
export type Beginning =
  | { readonly kind: 'plain'; readonly start: Position }
  | { readonly kind: 'table'; readonly header: CsvHeader; readonly start: Position }

/**
 * @throws ImportRefusedError when the file is no text, empty, or has no line that names its columns where it needs one
 * @throws the error of the file system when it cannot be read
 */
export async function beginningOf(path: string, expected: Expected): Promise<Beginning> {
  refuseOtherFormats(path)
  for await (const lines of sourceLines(path)) {
    const first = lines.find(({ text, problem }) => problem !== undefined || /[^\s,;]/.test(text))
    if (first !== undefined) return begins(first, expected)
  }
  throw new ImportRefusedError(EMPTY)
}

function begins(line: SourceLine, expected: Expected): Beginning {
  if (line.problem) throw new ImportRefusedError(UNREADABLE[line.problem])
  if (/^\s*[[{]\s*(?:["[{]|$)/.test(line.text)) throw new ImportRefusedError(JSON_LINES)
  const after: Position = { line: line.number, bytes: line.end }
  const plain = expected.of === 'rows' ? undefined : plainList(line.text, expected)
  if (plain !== undefined) return { kind: 'plain', start: plain === 'at_once' ? START_OF_FILE : after }
  const read = readHeader(line)
  if (!read.ok) throw new ImportRefusedError(read.words)
  const { header } = read
  if (header.columns.some((column) => column.includes('@'))) throw new ImportRefusedError(NO_NAMES)
  const columns = withAddressColumn(header.columns, expected.hashed === undefined ? namesAddresses : namesDigests)
  if (!columns.includes('address')) refuseDigests(columns.find(namesDigests), expected)
  return { kind: 'table', header: { ...header, columns }, start: after }
}

/** Undefined for a file of several columns. What is no name of such a column is an entry, so that none is lost. */
function plainList(text: string, expected: Expected): 'at_once' | 'after_header' | undefined {
  const entry = entryOf(text)
  const alone = !/[,;\t]/.test(entry)
  if (expected.hashed !== undefined) {
    if (!alone) return undefined
    return namesDigests(entry) ? 'after_header' : 'at_once'
  }
  if (alone && namesAddresses(entry)) return 'after_header'
  if (alone) refuseDigests(algorithmOf(entry) ?? (namesDigests(entry) ? entry : undefined), expected)
  const named = bracketedAddress(entry) ?? entry
  const known = readAddress(named) !== undefined || readWholeDomain(named) !== undefined
  return known || (alone && entry.includes('@')) ? 'at_once' : undefined
}

/** @param named by what the file seems to name people: the name of an algorithm, or a column with one in it */
function refuseDigests(named: string | undefined, { of, hashed }: Expected): void {
  if (named === undefined || of === 'rows' || hashed !== undefined) return
  if (of === 'addresses') throw new ImportRefusedError(DIGESTS_ARE_NOT_JUDGED)
  const flag = `--hashed ${/sha256|sha1|md5/i.exec(named)?.[0].toLowerCase() ?? 'md5|sha1|sha256'}`
  throw new ImportRefusedError({
    en: `the list names people by digests of their addresses: say ${flag}`,
    fr: `la liste nomme les personnes par des empreintes de leur adresse : ajouter ${flag}`,
  })
}

const EMPTY: Words = {
  en: 'the file is empty: the first line must name the columns',
  fr: 'le fichier est vide : la première ligne doit nommer les colonnes',
}
const UNREADABLE: Readonly<Record<NonNullable<SourceLine['problem']>, Words>> = {
  encoding: {
    en: 'the first line is not UTF-8 (windows-1252, perhaps, as "CSV" without more is saved): save the file as CSV UTF-8',
    fr: 'la première ligne n’est pas en UTF-8 (windows-1252 peut-être, comme s’enregistre un « CSV » sans plus) : enregistrer le fichier en CSV UTF-8',
  },
  length: {
    en: 'the first line is longer than 64 KiB: the file is no list, or its line ends are lost',
    fr: 'la première ligne dépasse 64 Kio : le fichier n’est pas une liste, ou ses fins de ligne sont perdues',
  },
}
const JSON_LINES: Words = {
  en: 'the file is JSON: with one object a line, name it .jsonl',
  fr: 'le fichier est en JSON : avec un objet par ligne, le nommer .jsonl',
}
const NO_NAMES: Words = {
  en: 'the first line must name the columns, and has an address on it, or an @: put a line of names over it',
  fr: 'la première ligne doit nommer les colonnes, et contient une adresse, ou un @ : mettre une ligne de noms au-dessus',
}
const DIGESTS_ARE_NOT_JUDGED: Words = {
  en: 'the list names people by digests of their addresses: the addresses themselves are needed to judge them',
  fr: 'la liste nomme les personnes par des empreintes de leur adresse : il faut les adresses elles-mêmes pour les juger',
}
