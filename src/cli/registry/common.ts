/** What the commands about the registry share: who runs them, whom they are about, how they say things. */
import { userInfo } from 'node:os'
import type { Configuration } from '../../config/configuration.js'
import { type CanonicalAddress, readAddress } from '../../domain/address.js'
import { looksLikeAddress } from '../../domain/written-address.js'
import type { Certificate } from '../../domain/journal-entry.js'
import type { Evidence } from '../../domain/verdict.js'
import { appendCertificate, appendCertificates } from '../../journal/guest.js'
import { JournalUnavailableError } from '../../journal/journal-error.js'
import type { Problem } from '../../registry/records/drafts.js'
import { readMoment } from '../../registry/records/moments.js'
import { readKeyFile } from '../../storage/key-file.js'
import { listed } from '../../words/language.js'
import { CommandError, EXIT } from '../exit-codes.js'
import type { Bilingual, Terminal } from '../terminal.js'

export interface SiteOptions {
  readonly config: string | undefined
  readonly json: boolean
}

export function whoAmI(): string {
  return `cli:${userInfo().username}`
}

export function personOf(text: string): CanonicalAddress {
  const address = readAddress(text)
  if (address === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `"${text}" is not an e-mail address`,
      fr: `« ${text} » n’est pas une adresse électronique`,
    })
  return address
}

/** @throws CommandError for what is no moment */
export function momentOf(text: string, read = readMoment): number {
  const at = read(text)
  if (at === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `"${text}" is not a moment such as 2026-01-10T09:30:00+01:00`,
      fr: `« ${text} » n’est pas un moment tel que 2026-01-10T09:30:00+01:00`,
    })
  return at
}

/** `90d`, `3m` (thirty days each) or `12h`, in milliseconds. */
export function durationOf(text: string): number {
  const match = /^(\d{1,5})([hdm])$/.exec(text)
  const unit = { h: 3_600_000, d: 86_400_000, m: 30 * 86_400_000 }[match?.[2] ?? '']
  if (match === null || unit === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `"${text}" is no length of time such as 90d`,
      fr: `« ${text} » n’est pas une durée telle que 90d`,
    })
  return Number(match[1]) * unit
}

/**
 * A text of the operator's that is kept in the registry, where no address stands in clear (promise I8).
 *
 * @throws CommandError for one with an address in it; never quotes it
 */
export function keptText(text: string): string {
  if (!looksLikeAddress(text)) return text
  throw new CommandError(EXIT.badInput, {
    en: 'a text given contains an e-mail address, and the registry keeps none: say it without',
    fr: 'un texte donné contient une adresse électronique, et le registre n’en garde aucune : le dire sans elle',
  })
}

export function problemLine(terminal: Terminal, { column, rule, reason }: Problem): string {
  return `${rule}${terminal.say(COLON)}${listed([column, terminal.say(reason)], ' ')}`
}

const COLON: Bilingual = { en: ': ', fr: ' : ' }

export function iso(at: number): string {
  return new Date(at).toISOString()
}

/** Where the journal is, for what commands append to it. */
export function journalOf({ runtime }: Configuration) {
  return {
    path: runtime.journal.path,
    keys: readKeyFile(runtime.storage.keyFile),
    node: runtime.node,
    segmentKeyFile: runtime.journal.segments.keyFile,
  }
}

/**
 * Says in the journal what was done to the registry, where it is on disk already.
 *
 * @returns the reference of the entry
 * @throws CommandError 74, saying that only the certificate is missing
 */
export function certify(
  configuration: Configuration,
  certifies: Certificate,
  advertiser: string,
  at: number,
  facts: Evidence,
): string {
  const draft = { certifies, advertiser, by: whoAmI(), at, facts }
  return certified(() => appendCertificate(journalOf(configuration), draft).ref)
}

/** One entry for each advertiser. @returns their references @throws as {@link certify} */
export function certifyEach(
  configuration: Configuration,
  certifies: Certificate,
  at: number,
  facts: Readonly<Record<string, Evidence>>,
): Record<string, string> {
  const drafts = Object.entries(facts).map(([advertiser, each]) => ({
    certifies,
    advertiser,
    by: whoAmI(),
    at,
    facts: each,
  }))
  const refs = certified(() => appendCertificates(journalOf(configuration), drafts))
  return Object.fromEntries(drafts.map(({ advertiser }, index) => [advertiser, refs[index]!]))
}

function certified<T>(append: () => T): T {
  try {
    return append()
  } catch (cause) {
    if (!(cause instanceof JournalUnavailableError)) throw cause
    throw new CommandError(
      EXIT.io,
      {
        en: `done, but the journal has no certificate of it: ${cause.message}`,
        fr: `fait, mais le journal n’en a pas de certificat : ${cause.message}`,
      },
      { cause },
    )
  }
}
