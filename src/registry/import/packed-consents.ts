/**
 * Prepared consents as few large pieces, because handing thousands of small objects from one thread to another costs more
 * than preparing them.
 */
import { everyKey, type SubjectKeys } from '../../domain/subject-key.js'
import type { PreparedConsent } from '../prepared-consent.js'

const KEY_OCTETS = 32
const ID_OCTETS = 16
/** Under each key: exact key, wide key, record id. */
const NAMES_OCTETS = 2 * KEY_OCTETS + ID_OCTETS
const LIVE = 1
const IMMUNE = 2

export interface PackedConsents {
  readonly count: number
  readonly keyIds: readonly string[]
  /** For each consent, for each key id, {@link NAMES_OCTETS}. */
  readonly names: Uint8Array
  /** Digest keys of each consent, joined by spaces; empty unless lists of digests are on file. */
  readonly digestKeys: readonly string[]
  /** Distinct texts, and which of them each consent has. */
  readonly forms: readonly string[]
  readonly form: Uint16Array
  readonly labels: readonly string[]
  readonly advertiser: Uint16Array
  readonly channel: Uint16Array
  /** Canonical JSON has no line feed of its own. */
  readonly persons: string
  readonly flags: Uint8Array
  /** `reconsentAt`, `collectedAt`, `lastMoment` of each. */
  readonly moments: Float64Array
}

export function packConsents(consents: readonly PreparedConsent[], withDigests: boolean): PackedConsents {
  const keyIds = consents[0] === undefined ? [] : everyKey(consents[0].subject).map(({ keyId }) => keyId)
  const names = Buffer.alloc(consents.length * keyIds.length * NAMES_OCTETS)
  const forms = new Table()
  const labels = new Table()
  const form = new Uint16Array(consents.length)
  const advertiser = new Uint16Array(consents.length)
  const channel = new Uint16Array(consents.length)
  const flags = new Uint8Array(consents.length)
  const moments = new Float64Array(3 * consents.length)
  const persons: string[] = []
  let at = 0
  consents.forEach((consent, index) => {
    everyKey(consent.subject).forEach(({ consentKey, objectionKey }, key) => {
      at += names.write(consentKey, at, 'hex')
      at += names.write(objectionKey, at, 'hex')
      at += consent.recordIds[key]!.copy(names, at)
    })
    form[index] = forms.add(consent.statement.form)
    persons.push(consent.statement.person)
    advertiser[index] = labels.add(consent.advertiserId)
    channel[index] = labels.add(consent.channel)
    flags[index] = (consent.live ? LIVE : 0) | (consent.immune ? IMMUNE : 0)
    moments.set([consent.reconsentAt, consent.collectedAt, consent.lastMoment], 3 * index)
  })
  return {
    count: consents.length,
    keyIds,
    names,
    digestKeys: withDigests ? consents.map(({ subject }) => digestKeysOf(subject)) : [],
    forms: forms.texts,
    form,
    labels: labels.texts,
    advertiser,
    channel,
    persons: persons.join('\n'),
    flags,
    moments,
  }
}

export function unpackConsents(packed: PackedConsents): PreparedConsent[] {
  const { keyIds, forms, labels, flags, moments } = packed
  const names = Buffer.from(packed.names.buffer, packed.names.byteOffset, packed.names.length)
  const persons = packed.persons.split('\n')
  const consents: PreparedConsent[] = []
  for (let index = 0; index < packed.count; index++) {
    const recordIds: Buffer[] = []
    const digests = packed.digestKeys[index]?.split(' ')
    const everybody = keyIds.map((keyId, key): SubjectKeys => {
      const at = (index * keyIds.length + key) * NAMES_OCTETS
      recordIds.push(names.subarray(at + 2 * KEY_OCTETS, at + NAMES_OCTETS))
      const consentKey = names.toString('hex', at, at + KEY_OCTETS)
      const objectionKey = names.toString('hex', at + KEY_OCTETS, at + 2 * KEY_OCTETS)
      return { keyId, consentKey, objectionKey }
    })
    const [inForce, ...earlier] = everybody
    consents.push({
      subject: {
        ...inForce!,
        ...(digests ? { digestKeys: digests } : {}),
        ...(earlier.length > 0 ? { earlier } : {}),
      },
      advertiserId: labels[packed.advertiser[index]!]!,
      recordIds,
      statement: { form: forms[packed.form[index]!]!, person: persons[index]! },
      channel: labels[packed.channel[index]!]!,
      live: (flags[index]! & LIVE) !== 0,
      immune: (flags[index]! & IMMUNE) !== 0,
      reconsentAt: moments[3 * index]!,
      collectedAt: moments[3 * index + 1]!,
      lastMoment: moments[3 * index + 2]!,
    })
  }
  return consents
}

function digestKeysOf(subject: SubjectKeys): string {
  return everyKey(subject)
    .flatMap(({ digestKeys = [] }) => digestKeys)
    .join(' ')
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
