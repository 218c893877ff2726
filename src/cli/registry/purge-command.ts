/** `aval purge` and `aval consent expiring`: what retention has ended for, and what it is about to end for. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { readAddress } from '../../domain/address.js'
import type { Policy } from '../../domain/policy.js'
import { everyKey } from '../../domain/subject-key.js'
import type { Evidence } from '../../domain/verdict.js'
import { keptRecords } from '../../registry/books/ended.js'
import { purge, type PurgeReport } from '../../registry/purge.js'
import {
  type Bilingual,
  COLON,
  counted,
  type Forms,
  type Language,
  listed,
  said,
  SEMICOLON,
  wordFor,
} from '../../words/language.js'
import { momentsIn, PARIS_TIME } from '../../words/moments.js'
import { CLOCK_STARTS } from '../../words/record-words.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf, withRegistry } from '../site.js'
import { systemError } from '../system-error.js'
import type { Terminal } from '../terminal.js'
import { namesOf } from './record-report.js'
import { certifyEach, durationOf, type SiteOptions, whoAmI } from './common.js'

export async function purgeCommand(
  context: CommandContext,
  options: SiteOptions & { readonly dryRun: boolean },
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const { policy } = configuration.site
  const { terminal } = context
  const now = context.now()
  const report = await withRegistry(configuration, (registry) =>
    purge(registry, {
      policy,
      now,
      by: whoAmI(),
      dryRun: options.dryRun,
      pause,
      onProgress: (looked, ended) => terminal.progress(`${looked}  ${ended}`),
    }),
  )
  const { act, looked, records, contacts, restricted } = report
  const [ended, events] = [sumOf(records), sumOf(contacts)]
  const refs = act === undefined ? {} : certifyEach(configuration, 'purge', now, factsOf(report, act, policy))
  if (options.json) terminal.printJson({ ...report, events, refs })
  else terminal.print(purged(terminal.language, { looked, ended, events, restricted, dryRun: options.dryRun, refs }))
  return EXIT.done
}

/** By advertiser: what was deleted for one is nothing to another. */
function factsOf(
  { records, contacts }: PurgeReport,
  act: number,
  { retention: { months } }: Policy,
): Record<string, Evidence> {
  const advertisers = [...new Set([...Object.keys(records), ...Object.keys(contacts)])].toSorted()
  return Object.fromEntries(
    advertisers.map((one) => [one, { act, records: records[one] ?? 0, events: contacts[one] ?? 0, months }]),
  )
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

interface Purged {
  readonly looked: number
  readonly ended: number
  readonly events: number
  readonly restricted: number
  readonly dryRun: boolean
  /** Of the certificates, by advertiser; none where nothing was deleted. */
  readonly refs: Readonly<Record<string, string>>
}

const LOOKED: Forms = [
  { en: '{count} record looked at', fr: '{count} fiche examinée' },
  { en: '{count} records looked at', fr: '{count} fiches examinées' },
]
const ENDED: Forms = [
  { en: '{count} whose retention has ended', fr: '{count} échue' },
  { en: '{count} whose retention has ended', fr: '{count} échues' },
]
const WITH: Forms = [
  { en: 'deleted, with {count} contact', fr: 'suppression faite, avec {count} contact' },
  { en: 'deleted, with {count} contacts', fr: 'suppression faite, avec {count} contacts' },
]
const RESTRICTED: Forms = [
  { en: '{count} kept under restriction', fr: '{count} gardée sous limitation (RGPD art. 18)' },
  { en: '{count} kept under restriction', fr: '{count} gardées sous limitation (RGPD art. 18)' },
]
const NOTHING: Bilingual = { en: 'nothing to delete', fr: 'rien à supprimer' }
const DRY_RUN: Bilingual = { en: 'dry run: nothing deleted', fr: 'essai : rien n’a été supprimé' }
const CERTIFICATE: Bilingual = { en: 'certificate {ref}', fr: 'certificat {ref}' }
const CERTIFICATES: Bilingual = { en: 'certificates {refs}', fr: 'certificats {refs}' }

function purged(language: Language, { looked, ended, events, restricted, dryRun, refs }: Purged): string {
  const [ref, ...others] = Object.values(refs)
  const certificates =
    others.length === 0
      ? said(language, CERTIFICATE, { ref: ref ?? '' })
      : said(language, CERTIFICATES, { refs: Object.values(refs).join(', ') })
  const parts = [
    counted(language, ended, ENDED),
    ref === undefined ? said(language, dryRun ? DRY_RUN : NOTHING) : counted(language, events, WITH),
    counted(language, restricted, RESTRICTED),
    ref === undefined ? '' : certificates,
  ]
  return `${counted(language, looked, LOOKED)}${COLON[language]}${listed(parts, SEMICOLON[language])}`
}

export interface ExpiringOptions extends SiteOptions {
  readonly within: string | undefined
  readonly advertiser: string | undefined
  /** A file of addresses, one a line, to be told which of them: the registry holds none. */
  readonly addresses: string | undefined
}

/** Records that may still be used and soon may not: whom one re-permission message may be sent to (REPERMISSION-ONCE). */
export async function expiringCommand(context: CommandContext, options: ExpiringOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const { policy } = configuration.site
  const { terminal } = context
  const now = context.now()
  const { language } = terminal
  const { day, moment } = momentsIn(language)
  const name = namesOf(configuration.site)
  const until = now + durationOf(options.within ?? `${policy.retention.warnDays}d`)
  const expiring = await withRegistry(configuration, (registry) => {
    let found = 0
    const named = addressesOf(terminal, options.addresses, (address) => registry.identify(address))
    for (const page of keptRecords(registry.parts, policy, now)) {
      for (const { subject, onFile, clock } of page) {
        const { record, intact } = onFile
        if (!intact || clock.dueAt <= now || clock.dueAt > until) continue
        if (record.status !== 'given' && record.status !== 'reconfirmed') continue
        // One that cannot say when it began may not be used, however long it is kept (RETENTION-UNKNOWN).
        if (clock.startedBy === 'stored') continue
        if (options.advertiser !== undefined && record.advertiserId !== options.advertiser) continue
        const who = named ? named.get(subject.consentKey) : subject.consentKey
        if (who === undefined) continue
        const { startedBy, startedAt, dueAt } = clock
        found += 1
        if (options.json)
          terminal.printJson({
            subject: who,
            advertiser: record.advertiserId,
            record: record.id,
            dueAt,
            startedAt,
            startedBy,
          })
        else
          terminal.print(
            said(language, LAPSING, {
              who,
              record: record.id,
              advertiser: name(record.advertiserId),
              due: moment(dueAt),
              started: moment(startedAt),
              event: wordFor(language, CLOCK_STARTS, startedBy),
            }),
          )
      }
    }
    return found
  })
  if (!options.json)
    terminal.tell(counted(language, expiring, EXPIRING, { day: day(until), zone: terminal.say(PARIS_TIME) }))
  return EXIT.done
}

const LAPSING: Bilingual = {
  en: '{who}: record {record}, for {advertiser}, may be used until {due}; counted from {started} ({event})',
  fr: '{who} : fiche {record}, pour {advertiser}, utilisable jusqu’au {due} ; compté depuis le {started} ({event})',
}

const EXPIRING: Forms = [
  {
    en: '{count} record comes to its end by {day} ({zone}, as are all moments of the list)',
    fr: '{count} fiche arrive à échéance d’ici au {day} ({zone}, comme toutes les dates de la liste)',
  },
  {
    en: '{count} records come to their end by {day} ({zone}, as are all moments of the list)',
    fr: '{count} fiches arrivent à échéance d’ici au {day} ({zone}, comme toutes les dates de la liste)',
  },
]

function addressesOf(
  terminal: Terminal,
  file: string | undefined,
  identify: (address: NonNullable<ReturnType<typeof readAddress>>) => Parameters<typeof everyKey>[0],
): Map<string, string> | undefined {
  if (file === undefined) return undefined
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw systemError(terminal, 'read', file, cause)
  }
  const names = new Map<string, string>()
  for (const line of text.split('\n')) {
    const address = readAddress(line)
    if (address === undefined) continue
    for (const { consentKey } of everyKey(identify(address))) names.set(consentKey, address)
  }
  return names
}
