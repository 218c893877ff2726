/**
 * Lines of a file that say of somebody else what a line before them said: all is the same but whose it is and when. What such
 * lines share is read and encoded once, and known again by its spelling. A line that is like none of the last kinds, or has
 * anything wrong with it, is left to the reading of rows, which says what.
 */
import type { ConsentDraft } from '../records/drafts.js'
import { type ConsentStatement, encodePerson, type EncodedStatement } from '../records/record-codec.js'
import type { CsvHeader } from './csv-rows.js'
import { type ColumnReader, type Defaults, type Fields, isNested, put } from './read-draft.js'

/** What differs from person to person; every other column says what a form, a campaign or a policy says. */
const OWN_COLUMNS: ReadonlySet<string> = new Set([
  'address',
  'id',
  'collected_at',
  'given_at',
  'source_obtained_at',
  'info_given_at',
  'proof_ref',
  'proof_sha256',
  'proof_captured_at',
  'proof_verified_at',
  'customer_first_purchase_at',
  'customer_last_purchase_at',
  'customer_relation_ended_at',
])

/** Kinds of lines kept at a time. */
const MOST_KINDS = 16
/** Once so many were learned, each must have been met this often, or the file is not worth it. */
const TRIAL_KINDS = 256
const LEAST_MEETINGS = 4

export interface AlikeRow {
  readonly draft: ConsentDraft
  readonly encode: (draft: ConsentStatement) => EncodedStatement
}

/** One kind of line: the stretches between the person's own fields, and what they say. */
interface Kind {
  /** One more than there are own fields; delimiters included. */
  readonly stretches: readonly string[]
  /** The draft, in which only the own fields change from line to line. */
  readonly fields: Fields
  readonly encode: AlikeRow['encode']
}

export class AlikeRows {
  readonly #delimiter: string
  readonly #defaults: Defaults
  /** The own columns, in the order of the header. */
  readonly #own: readonly { readonly index: number; readonly reader: ColumnReader }[]
  /** The fields some of them are members of. */
  readonly #nested: readonly string[]
  /** What the line being read says in them. */
  readonly #written: string[]
  #kinds: readonly Kind[] = []
  #learned = 0
  #met = 0

  /** @param readers of every column a file of consents may have */
  constructor({ delimiter, columns }: CsvHeader, readers: readonly ColumnReader[], defaults: Defaults) {
    this.#delimiter = delimiter
    this.#defaults = defaults
    this.#own = columns.flatMap((name, index) => {
      const reader = OWN_COLUMNS.has(name) ? readers.find((each) => each.name === name) : undefined
      return reader === undefined ? [] : [{ index, reader }]
    })
    this.#nested = [...new Set(this.#own.flatMap(({ reader: { path } }) => (path.length > 1 ? [path[0]] : [])))]
    this.#written = this.#own.map(() => '')
  }

  /** @returns undefined for a line that has to be read as a row; the draft is the next line's once that is read */
  read(line: string): AlikeRow | undefined {
    if (this.#kinds.length === 0 || line.includes('"')) return undefined
    const kind = this.#kinds.find(({ stretches }) => this.#cut(line, stretches))
    const fields = kind && this.#fields(kind)
    if (kind === undefined || fields === undefined) return undefined
    this.#met += 1
    return { draft: fields as unknown as ConsentDraft, encode: kind.encode }
  }

  /** Remembers the kind of a line that was read as a row and taken. @param form what {@link encodeStatement} makes of it */
  learn(line: string, draft: ConsentDraft, form: string): void {
    if (line.includes('"')) return
    if (this.#learned >= TRIAL_KINDS && this.#met < LEAST_MEETINGS * this.#learned) {
      this.#kinds = []
      return
    }
    this.#learned += 1
    const fields = this.#shared(draft)
    const kind: Kind = {
      stretches: this.#stretches(line.split(this.#delimiter)),
      fields,
      encode: (alike) => ({ form, person: encodePerson(alike) }),
    }
    this.#kinds = [kind, ...this.#kinds.slice(0, MOST_KINDS - 1)]
  }

  #stretches(columns: readonly string[]): readonly string[] {
    const delimiter = this.#delimiter
    let from = 0
    const before = this.#own.map(({ index }) => {
      const between = columns.slice(from, index).map((text) => text + delimiter)
      const stretch = (from === 0 ? '' : delimiter) + between.join('')
      from = index + 1
      return stretch
    })
    return [
      ...before,
      columns
        .slice(from)
        .map((text) => delimiter + text)
        .join(''),
    ]
  }

  /** Leaves the own fields of a line in `#written`. @returns false for a line of another kind */
  #cut(line: string, stretches: readonly string[]): boolean {
    const own = this.#own.length
    const first = stretches[0]!
    // Kinds differ in their last columns as often as in any, and these are found at once.
    if (!line.endsWith(stretches[own]!) || !line.startsWith(first)) return false
    let from = first.length
    for (let each = 0; each < own; each++) {
      const stretch = stretches[each + 1]!
      const found = line.indexOf(this.#delimiter, from)
      const end = found < 0 ? line.length : found
      if (!line.startsWith(stretch, end)) return false
      this.#written[each] = line.slice(from, end)
      from = end + stretch.length
    }
    return from === line.length
  }

  #fields({ fields }: Kind): Fields | undefined {
    for (let each = 0; each < this.#own.length; each++) {
      const { column, name, path } = this.#own[each]!.reader
      const written = this.#written[each]!.trim()
      const text = written === '' ? this.#defaults[name] : written
      if (text === undefined && column.required) return undefined
      const reading = text === undefined ? undefined : column.read(text)
      if (reading?.kind === 'bad') return undefined
      put(fields, path, reading?.kind === 'value' ? reading.value : undefined)
    }
    for (const name of this.#nested) if (isBlank(fields[name])) fields[name] = undefined
    const { proof } = fields
    return isNested(proof) && proof['type'] === undefined ? undefined : fields
  }

  /** What a draft says beside the person's own. */
  #shared(draft: ConsentDraft): Fields {
    const own = new Set(this.#own.map(({ reader }) => reader.column.field))
    const shared: Fields = {}
    for (const [field, value] of Object.entries(draft as unknown as Fields)) {
      if (own.has(field)) continue
      if (!isNested(value)) shared[field] = value
      else
        for (const [member, each] of Object.entries(value))
          if (!own.has(`${field}.${member}`)) put(shared, [field, member], each)
    }
    return shared
  }
}

/** Where a file has columns for something and a line says nothing in them. */
function isBlank(value: Fields[string]): boolean {
  if (!isNested(value)) return false
  for (const name in value) if (value[name] !== undefined) return false
  return true
}
