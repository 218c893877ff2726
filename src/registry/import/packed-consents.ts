/**
 * Prepared consents as few large pieces, because handing thousands of small objects from one thread to another costs more
 * than preparing them.
 */
import { everyKey, type OtherName, type SubjectKeys } from '../../domain/subject-key.js'
import type { VersionEntry } from '../books/consent-book.js'
import type { PreparedConsent } from '../records/prepared-consent.js'

const KEY_OCTETS = 32
const ID_OCTETS = 16
/** Under each key: exact key, wide key, record id. */
const NAMES_OCTETS = 2 * KEY_OCTETS + ID_OCTETS
/** `givenAt`, `reconsentAt`, `collectedAt`, `lastMoment`. */
const MOMENTS = 4
/** Of the exact key, by which a batch is ordered: they tell nearly everybody apart. */
const ORDER_OCTETS = 6
const LIVE = 1
const IMMUNE = 2
const DIRECT = 4

export interface PackedConsents {
  readonly count: number
  readonly keyIds: readonly string[]
  /** For each consent, for each key id, {@link NAMES_OCTETS}. */
  readonly names: Uint8Array
  /** Digest keys of each consent, joined by spaces; empty unless objections that came as digests are on file. */
  readonly digestKeys: readonly string[]
  /** Domain keys in the same way; empty unless objections of whole domains are on file. */
  readonly domainKeys: readonly string[]
  /** Distinct texts, and which of them each consent has. */
  readonly forms: readonly string[]
  readonly form: Uint16Array
  readonly labels: readonly string[]
  readonly advertiser: Uint16Array
  readonly channel: Uint16Array
  /** Canonical JSON has no line feed of its own. */
  readonly persons: string
  readonly flags: Uint8Array
  /** {@link MOMENTS} of each. */
  readonly moments: Float64Array
}

/** Takes consents one by one and keeps nothing of them but what is handed over: what lives for a batch is dear to collect. */
export class ConsentPacker {
  readonly #digests: boolean
  readonly #domains: boolean
  readonly #capacity: number
  #columns: Columns
  #count = 0

  /** @param capacity most consents of a batch */
  constructor(capacity: number, otherNames: readonly OtherName[]) {
    this.#capacity = capacity
    this.#digests = otherNames.some((name) => name !== 'domain')
    this.#domains = otherNames.includes('domain')
    this.#columns = emptyColumns(capacity)
  }

  /** @param line of the file */
  add(consent: PreparedConsent, line: number): void {
    const columns = this.#columns
    const index = this.#count
    if (index >= this.#capacity) throw new RangeError('a batch of consents is full')
    const everybody = everyKey(consent.subject)
    if (index === 0) {
      columns.keyIds = everybody.map(({ keyId }) => keyId)
      columns.names = Buffer.alloc(this.#capacity * everybody.length * NAMES_OCTETS)
    }
    let at = index * everybody.length * NAMES_OCTETS
    for (const [key, { consentKey, objectionKey }] of everybody.entries()) {
      at += columns.names.write(consentKey, at, 'hex')
      at += columns.names.write(objectionKey, at, 'hex')
      at += consent.recordIds[key]!.copy(columns.names, at)
    }
    if (this.#digests) columns.digestKeys.push(joined(everybody, 'digestKeys'))
    if (this.#domains) columns.domainKeys.push(joined(everybody, 'domainKeys'))
    columns.form[index] = columns.forms.add(consent.statement.form)
    columns.persons.push(consent.statement.person)
    columns.advertiser[index] = columns.labels.add(consent.advertiserId)
    columns.channel[index] = columns.labels.add(consent.channel)
    const { live, immune, direct, givenAt, reconsentAt, collectedAt, lastMoment } = consent
    columns.flags[index] = (live ? LIVE : 0) | (immune ? IMMUNE : 0) | (direct ? DIRECT : 0)
    columns.moments[MOMENTS * index] = givenAt
    columns.moments[MOMENTS * index + 1] = reconsentAt
    columns.moments[MOMENTS * index + 2] = collectedAt
    columns.moments[MOMENTS * index + 3] = lastMoment
    columns.lines[index] = line
    this.#count += 1
  }

  /** What was added since the last batch, in the order of its key: rows about one person stay in the order of the file. */
  batch(): { readonly consents: PackedConsents; readonly lines: Float64Array } {
    const columns = this.#columns
    const count = this.#count
    const order = orderOf(columns, count)
    const stride = columns.keyIds.length * NAMES_OCTETS
    const names = Buffer.alloc(count * stride)
    order.forEach((from, to) => columns.names.copy(names, to * stride, from * stride, (from + 1) * stride))
    const moments = new Float64Array(MOMENTS * count)
    order.forEach((from, to) =>
      moments.set(columns.moments.subarray(MOMENTS * from, MOMENTS * (from + 1)), MOMENTS * to),
    )
    const consents = {
      count,
      keyIds: columns.keyIds,
      names,
      digestKeys: this.#digests ? Array.from(order, (from) => columns.digestKeys[from]!) : [],
      domainKeys: this.#domains ? Array.from(order, (from) => columns.domainKeys[from]!) : [],
      forms: columns.forms.texts,
      form: order.map((from) => columns.form[from]!),
      labels: columns.labels.texts,
      advertiser: order.map((from) => columns.advertiser[from]!),
      channel: order.map((from) => columns.channel[from]!),
      persons: Array.from(order, (from) => columns.persons[from]!).join('\n'),
      flags: Uint8Array.from(order, (from) => columns.flags[from]!),
      moments,
    }
    const lines = Float64Array.from(order, (from) => columns.lines[from]!)
    this.#columns = emptyColumns(this.#capacity)
    this.#count = 0
    return { consents, lines }
  }
}

interface Columns {
  keyIds: readonly string[]
  names: Buffer
  readonly digestKeys: string[]
  readonly domainKeys: string[]
  readonly forms: Table
  readonly form: Uint16Array
  readonly labels: Table
  readonly advertiser: Uint16Array
  readonly channel: Uint16Array
  readonly persons: string[]
  readonly flags: Uint8Array
  readonly moments: Float64Array
  readonly lines: Float64Array
}

function emptyColumns(capacity: number): Columns {
  return {
    keyIds: [],
    names: Buffer.alloc(0),
    digestKeys: [],
    domainKeys: [],
    forms: new Table(),
    form: new Uint16Array(capacity),
    labels: new Table(),
    advertiser: new Uint16Array(capacity),
    channel: new Uint16Array(capacity),
    persons: [],
    flags: new Uint8Array(capacity),
    moments: new Float64Array(MOMENTS * capacity),
    lines: new Float64Array(capacity),
  }
}

/** By the key in force, then by line. */
function orderOf({ names, keyIds }: Columns, count: number): Uint16Array {
  const stride = keyIds.length * NAMES_OCTETS
  const prefixes = Float64Array.from({ length: count }, (_none, index) =>
    names.readUIntBE(index * stride, ORDER_OCTETS),
  )
  const order = Uint16Array.from({ length: count }, (_none, index) => index)
  return order.sort((left, right) => prefixes[left]! - prefixes[right]! || left - right)
}

/** A batch as the writer reads it. */
export class UnpackedConsents {
  readonly count: number
  /** Octets of the names of one consent under all keys. */
  readonly #stride: number
  readonly #packed: PackedConsents
  readonly #names: Buffer
  readonly #persons: readonly string[]

  constructor(packed: PackedConsents) {
    const { names, persons, count, keyIds } = packed
    this.count = count
    this.#packed = packed
    this.#stride = keyIds.length * NAMES_OCTETS
    this.#names = Buffer.from(names.buffer, names.byteOffset, names.length)
    this.#persons = persons.split('\n')
  }

  /** The exact key under each of the keys, the one in force first. */
  consentKeys(index: number): readonly Buffer[] {
    return this.#packed.keyIds.map((_id, key) => this.#octets(index, key, 0, KEY_OCTETS))
  }

  /** Whatever an objection of the person may be filed under. */
  objectionKeys(index: number): readonly Buffer[] {
    const { keyIds, digestKeys, domainKeys } = this.#packed
    const wide = keyIds.map((_id, key) => this.#octets(index, key, KEY_OCTETS, 2 * KEY_OCTETS))
    const others = [...split(digestKeys[index]), ...split(domainKeys[index])]
    return others.length === 0 ? wide : [...wide, ...others.map((key) => Buffer.from(key, 'hex'))]
  }

  /** Whether it may be about the same person as the one before it. */
  followsItself(index: number): boolean {
    const at = index * this.#stride
    return (
      index > 0 && this.#names.readUIntBE(at, ORDER_OCTETS) === this.#names.readUIntBE(at - this.#stride, ORDER_OCTETS)
    )
  }

  /** What a version of it would say, under the key in force. */
  entry(index: number): VersionEntry {
    const { labels, forms, advertiser, form, keyIds } = this.#packed
    return {
      subjectKey: this.#octets(index, 0, 0, KEY_OCTETS),
      keyId: keyIds[0]!,
      recordId: this.#octets(index, 0, 2 * KEY_OCTETS, NAMES_OCTETS),
      advertiserId: labels[advertiser[index]!]!,
      statement: { form: forms[form[index]!]!, person: this.#persons[index]! },
    }
  }

  at(index: number): PreparedConsent {
    const { keyIds, digestKeys, domainKeys, labels, channel, flags, moments } = this.#packed
    const { advertiserId, statement } = this.entry(index)
    const everybody = keyIds.map((keyId, key): SubjectKeys => {
      const names = this.#octets(index, key, 0, 2 * KEY_OCTETS)
      return {
        keyId,
        consentKey: names.toString('hex', 0, KEY_OCTETS),
        objectionKey: names.toString('hex', KEY_OCTETS),
      }
    })
    const [inForce, ...earlier] = everybody
    return {
      subject: {
        ...inForce!,
        digestKeys: split(digestKeys[index]),
        domainKeys: split(domainKeys[index]),
        ...(earlier.length > 0 ? { earlier } : {}),
      },
      advertiserId,
      recordIds: keyIds.map((_id, key) => this.#octets(index, key, 2 * KEY_OCTETS, NAMES_OCTETS)),
      statement,
      channel: labels[channel[index]!]!,
      live: (flags[index]! & LIVE) !== 0,
      immune: (flags[index]! & IMMUNE) !== 0,
      direct: (flags[index]! & DIRECT) !== 0,
      givenAt: moments[MOMENTS * index]!,
      reconsentAt: moments[MOMENTS * index + 1]!,
      collectedAt: moments[MOMENTS * index + 2]!,
      lastMoment: moments[MOMENTS * index + 3]!,
    }
  }

  #octets(index: number, key: number, from: number, to: number): Buffer {
    const at = index * this.#stride + key * NAMES_OCTETS
    return this.#names.subarray(at + from, at + to)
  }
}

function joined(everybody: readonly SubjectKeys[], which: 'digestKeys' | 'domainKeys'): string {
  return everybody.flatMap((keys) => keys[which] ?? []).join(' ')
}

function split(keys: string | undefined): readonly string[] {
  return keys === undefined || keys === '' ? [] : keys.split(' ')
}

class Table {
  readonly texts: string[] = []
  readonly #numbers = new Map<string, number>()

  add(text: string): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    this.#numbers.set(text, this.texts.length)
    return this.texts.push(text) - 1
  }
}
