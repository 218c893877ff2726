/**
 * The ledgers of the registry: what may not lose, gain or change a row unnoticed. Each numbers its rows from 1 without a
 * gap; a number whose row was deleted is kept by a note in `gone` with the act that ordered it. One head says how far every
 * ledger has come and what the codes of its rows add up to, sealed with the key, and moves in the transaction that moves them.
 *
 * A head as a whole can be put back by a restored copy of the file; against that its generation is written down outside
 * (`head-file.ts`). A head that does not verify is never sealed anew by going on: only a person may do that, knowingly
 * (`aval registry accept`).
 */
import { randomBytes } from 'node:crypto'
import { OTHER_NAMES, type OtherName } from '../../domain/subject-key.js'
import type { Database } from '../../storage/sqlite.js'
import type { Bilingual } from '../../words/language.js'
import { CodeSum } from './code-sum.js'
import {
  decodeHead,
  encodeHead,
  type Ledger,
  LEDGERS,
  LEDGER_TABLES,
  type RegistryHead,
  SUMMED,
  type Summed,
} from './head.js'
import { type HeadFile, type WrittenHead, headTrouble } from './head-file.js'
import type { IntegrityCodes } from './integrity.js'
import { gonePages, ledgerPages } from './ledger-pages.js'
import { NumberSet } from './number-set.js'

/** `body, key_id, seal` */
type HeadRow = [string, string, Buffer]

export interface HeadReading {
  /** Undefined when there is none that can be read. */
  readonly head: RegistryHead | undefined
  readonly seal: Buffer
  /** Why it does not prove what it says; undefined when it does. */
  readonly problem: Bilingual | undefined
}

export class HeadReader {
  readonly #codes: ReadonlyMap<string, IntegrityCodes>
  readonly #read

  constructor(database: Database, codes: ReadonlyMap<string, IntegrityCodes>) {
    this.#codes = codes
    this.#read = database.prepare<[], HeadRow>('SELECT body, key_id, seal FROM registry_head WHERE id = 1').raw()
  }

  /** @param written what the file beside says; read before the database, or a commit in between looks like a rollback */
  read(written: WrittenHead | undefined): HeadReading {
    const row = this.#read.get()
    if (row === undefined) return { head: undefined, seal: NO_SEAL, problem: NO_HEAD }
    const [body, keyId, seal] = row
    const head = decodeHead(body)
    const sealed = this.#codes.get(keyId)?.seal(body).equals(seal) ?? false
    if (head === undefined || !sealed) return { head, seal, problem: BAD_SEAL }
    return { head, seal, problem: headTrouble(head, seal, written) }
  }
}

const NO_SEAL = Buffer.alloc(16)
export const NO_HEAD: Bilingual = { en: 'the head is missing', fr: 'la tête manque' }
const BAD_SEAL: Bilingual = {
  en: 'the seal of the head does not verify',
  fr: 'le sceau de la tête ne se vérifie pas',
}

export interface LedgerParts {
  readonly database: Database
  readonly codes: ReadonlyMap<string, IntegrityCodes>
  /** The key in force. */
  readonly keyId: string
  readonly file: HeadFile
}

/** The head while a transaction is written. */
export class Ledgers {
  readonly #parts: LedgerParts
  readonly #reader: HeadReader
  readonly #write
  readonly #insertGone
  #head: RegistryHead | undefined
  #seal: Buffer = NO_SEAL
  #problem: Bilingual | undefined
  #last = countsOf(() => 0)
  #gone = countsOf(() => 0)
  #otherNames: readonly OtherName[] = []
  #sums: Readonly<Record<Summed, CodeSum>> | undefined
  #changed = false

  constructor(parts: LedgerParts) {
    const { database, codes } = parts
    this.#parts = parts
    this.#reader = new HeadReader(database, codes)
    this.#write = database.prepare<[string, string, Buffer]>(
      'INSERT OR REPLACE INTO registry_head (id, body, key_id, seal) VALUES (1, ?, ?, ?)',
    )
    this.#insertGone = database.prepare<[string, number, number, Buffer]>(
      'INSERT INTO gone (ledger, number, act, code) VALUES (?, ?, ?, ?)',
    )
  }

  /** Makes the head of a registry that has none and nothing to number. To be called in a transaction. */
  found(): void {
    // Where a head was written down there was a registry, and an empty one in its place is no beginning.
    const { file } = this.#parts
    if (this.#reader.read(undefined).head !== undefined || file.read() !== undefined || !this.#isEmpty()) return
    const head: RegistryHead = {
      registry: randomBytes(16).toString('hex'),
      generation: 0,
      ledgers: ledgersOf(
        countsOf(() => 0),
        countsOf(() => 0),
      ),
      otherNames: [],
      sums: written(noSums()),
    }
    this.#put(head, true)
    file.write(head, this.#seal)
  }

  /** Adds up the rows of a registry whose head has no sums yet. To be called in a transaction. */
  addUp(): void {
    this.load()
    if (this.#head === undefined || this.#sums !== undefined || this.#problem !== undefined) return
    this.#sums = this.#added()
    this.#changed = true
    this.save()
  }

  /** At the start of a write transaction: other processes write as well. */
  load(): void {
    const { head, seal, problem } = this.#reader.read(this.#parts.file.read())
    this.#head = head
    this.#seal = seal
    this.#problem = problem
    this.#last = head ? countsOf((ledger) => head.ledgers[ledger].last) : countsOf((ledger) => this.#highest(ledger))
    this.#gone = head ? countsOf((ledger) => head.ledgers[ledger].gone) : countsOf(() => 0)
    this.#otherNames = head?.otherNames ?? OTHER_NAMES
    this.#sums = head?.sums && read(head.sums)
    this.#changed = false
  }

  /** The number of the next row of a ledger, given once; the row is told to {@link wrote}. */
  next(ledger: Ledger): number {
    this.#changed = true
    this.#last[ledger] += 1
    return this.#last[ledger]
  }

  /** @param code of the row that was written */
  wrote(table: Summed, code: Uint8Array): void {
    this.#changed = true
    this.#sums?.[table].add(code)
  }

  /** Keeps the number of a row that is deleted. @param act number of the register entry that says why @param code of the row */
  noteGone(ledger: Ledger, number: number, act: number, code: Uint8Array): void {
    this.#sums?.[ledger].subtract(code)
    this.#note(ledger, number, act)
  }

  #note(ledger: Ledger, number: number, act: number): void {
    this.#changed = true
    this.#gone[ledger] += 1
    const { codes, keyId } = this.#parts
    this.#insertGone.run(ledger, number, act, codes.get(keyId)!.goneCode(ledger, number, act))
  }

  /** How else than by an address the objections on file say whose they are. */
  get otherNames(): readonly OtherName[] {
    return this.#otherNames
  }

  noteOtherName(name: OtherName): void {
    if (this.#otherNames.includes(name)) return
    this.#changed = true
    this.#otherNames = [...this.#otherNames, name]
  }

  /** At the end of a write transaction. A head that did not verify when it was read does not come to verify by this. */
  save(): void {
    if (!this.#changed) return
    this.#put(this.#moved(), this.#problem === undefined)
  }

  /** Once the transaction is on disk. */
  saved(): void {
    if (this.#changed && this.#problem === undefined && this.#head !== undefined)
      this.#parts.file.write(this.#head, this.#seal)
    this.#changed = false
  }

  /**
   * Takes the registry as it is, whatever was wrong: every number without a row is noted as gone by `act`. To be called in
   * a transaction, after which it verifies unless rows were edited.
   */
  accept(act: number): void {
    const { database, file } = this.#parts
    for (const ledger of LEDGERS) {
      this.#last[ledger] = Math.max(this.#last[ledger], this.#highest(ledger))
      const numbers = new NumberSet(this.#last[ledger])
      for (const rows of ledgerPages<[number]>(database, ledger, [LEDGER_TABLES[ledger].number]))
        for (const [number] of rows) numbers.add(number)
      const noted = gonePages(database, ledger)
      this.#gone[ledger] = 0
      for (const rows of noted) {
        for (const [number] of rows) numbers.add(number)
        this.#gone[ledger] += rows.length
      }
      for (let each = numbers.firstAbsent(); each !== undefined; each = numbers.firstAbsent(each))
        this.#note(ledger, each, act)
    }
    this.#sums = this.#added()
    const generation = Math.max(this.#head?.generation ?? 0, file.read()?.generation ?? 0)
    this.#put({ ...this.#moved(), generation: generation + 1 }, true)
    this.#problem = undefined
    this.#changed = true
    file.forget()
  }

  #moved(): RegistryHead {
    return {
      registry: this.#head?.registry ?? randomBytes(16).toString('hex'),
      generation: (this.#head?.generation ?? 0) + 1,
      ledgers: ledgersOf(this.#last, this.#gone),
      otherNames: this.#otherNames,
      sums: this.#sums && written(this.#sums),
    }
  }

  #added(): Record<Summed, CodeSum> {
    const { database } = this.#parts
    const sums = noSums()
    for (const ledger of LEDGERS)
      for (const rows of ledgerPages<[Buffer]>(database, ledger, ['code']))
        for (const [code] of rows) sums[ledger].add(code)
    const retractions = database.prepare<[], Buffer>('SELECT code FROM objection_retraction').pluck()
    for (const code of retractions.all()) sums.retraction.add(code)
    return sums
  }

  #put(head: RegistryHead, sealed: boolean): void {
    const { codes, keyId } = this.#parts
    const body = encodeHead(head)
    this.#head = head
    this.#seal = sealed ? codes.get(keyId)!.seal(body) : NO_SEAL
    this.#write.run(body, keyId, this.#seal)
  }

  #highest(ledger: Ledger): number {
    const { table, number } = LEDGER_TABLES[ledger]
    const highest = this.#parts.database.prepare<[], number | null>(`SELECT max(${number}) FROM ${table}`).pluck().get()
    return highest ?? 0
  }

  #isEmpty(): boolean {
    return LEDGERS.every((ledger) => this.#highest(ledger) === 0)
  }
}

function noSums(): Record<Summed, CodeSum> {
  return perTable(() => new CodeSum())
}

function read(sums: Readonly<Record<Summed, string>>): Record<Summed, CodeSum> {
  return perTable((table) => CodeSum.of(sums[table]))
}

function written(sums: Readonly<Record<Summed, CodeSum>>): Record<Summed, string> {
  return perTable((table) => sums[table].toString())
}

function perTable<T>(make: (table: Summed) => T): Record<Summed, T> {
  return Object.fromEntries(SUMMED.map((table) => [table, make(table)])) as Record<Summed, T>
}

type Counts = Record<Ledger, number>

function countsOf(count: (ledger: Ledger) => number): Counts {
  return Object.fromEntries(LEDGERS.map((ledger) => [ledger, count(ledger)])) as Counts
}

function ledgersOf(last: Counts, gone: Counts): RegistryHead['ledgers'] {
  return Object.fromEntries(
    LEDGERS.map((ledger) => [ledger, { last: last[ledger], gone: gone[ledger] }]),
  ) as unknown as RegistryHead['ledgers']
}
