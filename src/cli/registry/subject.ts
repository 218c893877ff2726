/** `aval subject`: what a person may ask for (GDPR art. 15 to 21), done and entered in the register of requests. */
import { existsSync } from 'node:fs'
import type { Configuration } from '../../config/configuration.js'
import type { CanonicalAddress } from '../../domain/address.js'
import { everyKey } from '../../domain/subject-key.js'
import { eraseSubject } from '../../journal/guest.js'
import type { ConsentStatement } from '../../registry/records/record-codec.js'
import { erasePerson, scrub } from '../../registry/erasure.js'
import { readCorrection } from '../../registry/import/read-draft.js'
import { objectionMomentOf } from '../../registry/records/moments.js'
import type { RegistryWriter } from '../../registry/writer/registry-writer.js'
import {
  closeRequest,
  findRequest,
  listRequests,
  openRequest,
  type PersonRequest,
  REQUEST_KINDS,
  type RequestKind,
} from '../../registry/requests.js'
import type { CommandContext } from '../command-context.js'
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js'
import { readJournal } from '../journal-commands.js'
import { counted, type Language, said, wordFor } from '../../words/language.js'
import { momentsIn, PARIS_TIME } from '../../words/moments.js'
import { SCOPES } from '../../words/record-words.js'
import { advertiserOf, configurationOf, withRegistry } from '../site.js'
import { pairOf } from './add-command.js'
import { certify, iso, journalOf, momentOf, personOf, problemLine, type SiteOptions, whoAmI } from './common.js'
import { decisionsAbout, personData } from './person-data.js'
import { personLetter } from './person-letter.js'
import { legalNamesOf, namesOf } from './record-report.js'
import { DONE, type Outcome, requestLines } from './register-words.js'
import { filesNaming } from './remnants.js'

export interface SubjectOptions extends SiteOptions {
  readonly advertiser: string | undefined
  /** Id of a request that was opened before; a new one otherwise. */
  readonly request: string | undefined
  /** When it was received; now when left out. */
  readonly received: string | undefined
}

interface Asked {
  readonly configuration: Configuration
  readonly person: CanonicalAddress
  readonly registry: RegistryWriter
  readonly request: PersonRequest
  readonly now: number
}

/** Does what was asked, closes the request with it. */
async function answer<T>(
  context: CommandContext,
  kind: RequestKind,
  address: string,
  options: SubjectOptions,
  work: (asked: Asked) => { readonly outcome: Outcome; readonly result: T; readonly forgotten?: boolean },
): Promise<{ readonly configuration: Configuration; readonly request: PersonRequest; readonly result: T }> {
  const configuration = configurationOf(context, options.config)
  if (options.advertiser !== undefined) advertiserOf(configuration, options.advertiser)
  const person = personOf(address)
  const now = context.now()
  return withRegistry(configuration, (registry) => {
    const request = requested(registry, kind, person, options, now)
    const { outcome, result, forgotten = false } = work({ configuration, person, registry, request, now })
    registry.transaction(() => {
      const whom = forgotten ? undefined : registry.identify(person)
      closeRequest(registry.register, request, { closedAt: now, outcome }, whoAmI(), whom)
    })
    return { configuration, request, result }
  })
}

function requested(
  registry: RegistryWriter,
  kind: RequestKind,
  person: CanonicalAddress,
  options: SubjectOptions,
  now: number,
): PersonRequest {
  const { request: id, received, advertiser } = options
  if (id !== undefined) {
    const known = findRequest(registry.register, id)
    if (known === undefined)
      throw new CommandError(EXIT.undecided, {
        en: `there is no request "${id}"`,
        fr: `il n’y a pas de demande « ${id} »`,
      })
    return known
  }
  const receivedAt = received === undefined ? now : momentOf(received)
  const named = advertiser === undefined ? {} : { advertiserId: advertiser }
  const draft = { id: requestId(kind, now), kind, receivedAt, person: registry.identify(person), ...named }
  return registry.transaction(() => openRequest(registry.register, draft, whoAmI()))
}

function requestId(kind: RequestKind, now: number): string {
  return `${kind}-${iso(now)
    .replace(/[^0-9]/g, '')
    .slice(0, 17)}`
}

/** Everything on file about the person, sources included (art. 15(1)(g)). @returns 1 when nothing is */
export async function subjectExport(
  context: CommandContext,
  address: string,
  options: SubjectOptions,
): Promise<ExitCode> {
  const { terminal } = context
  const { configuration, request, result } = await answer(
    context,
    'access',
    address,
    options,
    ({ configuration: site, registry, person, now }) => {
      const { advertiser } = options
      const toKeys = everyKey(registry.identify(person)).map(({ consentKey }) => consentKey)
      const { journal } = site.runtime
      const decisions = existsSync(journal.path)
        ? readJournal(journal, (reader) => decisionsAbout(reader, toKeys, advertiser))
        : []
      const question = { advertiser, now, language: terminal.language, decisions }
      return { outcome: 'exported', result: personData(site, registry, person, question) }
    },
  )
  terminal.print(
    options.json
      ? JSON.stringify(result, null, 2)
      : personLetter(result, terminal.language, legalNamesOf(configuration.site)),
  )
  certify(configuration, 'access', options.advertiser ?? '', context.now(), { request: request.id })
  return result.records.length + result.objections.length + result.decisions.length === 0 ? EXIT.no : EXIT.done
}

/** Keeps the records and lets nobody use them (art. 18); `--lift` ends it. */
export async function subjectRestrict(
  context: CommandContext,
  address: string,
  options: SubjectOptions & { readonly lift: boolean },
): Promise<ExitCode> {
  const { language } = context.terminal
  const restricted = !options.lift
  const { configuration, request, result } = await answer(
    context,
    'restriction',
    address,
    options,
    ({ registry, person }) => ({
      outcome: restricted ? 'restricted' : 'restriction lifted',
      result: registry.amend(person, { by: whoAmI() }, ({ record }) =>
        isMeant(record.advertiserId, options) && (record.restricted ?? false) !== restricted
          ? { restricted }
          : undefined,
      ),
    }),
  )
  certify(configuration, 'restriction', options.advertiser ?? '', context.now(), {
    request: request.id,
    restricted,
    records: result.map(({ recordId, version }) => `${recordId}/${version}`),
  })
  report(context, options, { request: request.id, records: result }, [
    counted(language, result.length, DONE[restricted ? 'restricted' : 'lifted']),
  ])
  return EXIT.done
}

/** Corrects what records say (art. 16): a new version, the older ones kept as what was believed. */
export async function subjectRectify(
  context: CommandContext,
  address: string,
  options: SubjectOptions & { readonly set: readonly string[]; readonly record: string | undefined },
): Promise<ExitCode> {
  const { language } = context.terminal
  const change = correction(context, options.set)
  const { configuration, request, result } = await answer(
    context,
    'rectification',
    address,
    options,
    ({ registry, person }) => ({
      outcome: 'rectified',
      result: registry.amend(person, { by: whoAmI() }, ({ record }) =>
        isMeant(record.advertiserId, options) && (options.record === undefined || record.id === options.record)
          ? change
          : undefined,
      ),
    }),
  )
  certify(configuration, 'rectification', options.advertiser ?? '', context.now(), {
    request: request.id,
    records: result.map(({ recordId, version }) => `${recordId}/${version}`),
  })
  report(context, options, { request: request.id, records: result }, [counted(language, result.length, DONE.rectified)])
  return result.length === 0 ? EXIT.no : EXIT.done
}

function correction({ terminal }: CommandContext, set: readonly string[]): Partial<ConsentStatement> {
  const read = readCorrection(new Map(set.map(pairOf)))
  if (!read.ok) throw new CommandError(EXIT.badInput, read.problems.map((one) => problemLine(terminal, one)).join('\n'))
  return read.draft
}

/** An objection (art. 21), and what was on record withdrawn. */
export async function subjectObject(
  context: CommandContext,
  address: string,
  options: SubjectOptions,
): Promise<ExitCode> {
  const { language } = context.terminal
  const { configuration, request, result } = await answer(
    context,
    'objection',
    address,
    options,
    ({ configuration: { site }, registry, person, request: { id, receivedAt } }) => {
      const advertisers = options.advertiser === undefined ? [...site.advertisers.keys()] : [options.advertiser]
      const by = whoAmI()
      const records = advertisers.flatMap(
        (advertiser) => registry.withdraw(person, advertiser, { by, objection: false }).records,
      )
      const scope =
        options.advertiser === undefined
          ? ({ kind: 'global' } as const)
          : ({ kind: 'advertiser', advertiserId: options.advertiser } as const)
      const { id: objection } = registry.objectTo({
        person,
        scope,
        channel: 'email',
        reason: 'letter',
        at: objectionMomentOf(receivedAt),
        sourceRef: id,
      })
      return { outcome: 'objection on file', result: { objection, records } }
    },
  )
  certify(configuration, 'objection', options.advertiser ?? '', context.now(), {
    request: request.id,
    objection: result.objection,
  })
  report(context, options, { request: request.id, ...result }, [
    said(language, DONE.objected, {
      id: result.objection,
      advertiser: whom(language, configuration.site, options.advertiser),
    }),
    counted(language, result.records.length, DONE.withdrawn),
  ])
  return EXIT.done
}

/** Deletes everything but the hash that keeps anyone from writing again (art. 17), in registry and journal. */
export async function subjectErase(
  context: CommandContext,
  address: string,
  options: SubjectOptions,
): Promise<ExitCode> {
  const { language } = context.terminal
  const { configuration, request, result } = await answer(
    context,
    'erasure',
    address,
    options,
    ({ configuration: site, registry, person, request: { id }, now }) => {
      const keys = registry.identify(person)
      const order = { advertiserId: options.advertiser, request: id, by: whoAmI(), at: now }
      const erased = erasePerson(registry, keys, order)
      const journal = options.advertiser === undefined ? eraseFromJournal(site, registry, person, erased, id, now) : 0
      const clean = options.advertiser !== undefined || scrub(registry, keys)
      const files = options.advertiser === undefined ? filesNaming([address.trim(), person], site.runtime) : []
      return {
        outcome: 'erased',
        result: { ...erased, journal, clean, files },
        forgotten: options.advertiser === undefined,
      }
    },
  )
  report(context, options, { request: request.id, ...result }, [
    counted(language, result.records, DONE.erased),
    counted(language, result.events, DONE.contacts),
    counted(language, result.journal, DONE.decisions),
    keptIn(language, configuration.site, options.advertiser),
    ...result.files.map((file) => said(language, DONE.namedIn, { file })),
  ])
  if (result.files.length > 0 && result.clean) return EXIT.no
  if (!result.clean)
    throw new CommandError(EXIT.io, {
      en: 'erased, but the database file still holds what was deleted because somebody reads it: run the command again',
      fr: 'effacé, mais le fichier de la base garde ce qui a été supprimé parce que quelqu’un le lit : relancer la commande',
    })
  return EXIT.done
}

function eraseFromJournal(
  configuration: Configuration,
  registry: RegistryWriter,
  person: CanonicalAddress,
  erased: { readonly records: number; readonly objectionIds: readonly string[] },
  request: string,
  at: number,
): number {
  const toKeys = everyKey(registry.identify(person)).map(({ consentKey }) => consentKey)
  const facts = { law: 'GDPR art. 17', request, records: erased.records, objections: [...erased.objectionIds] }
  return eraseSubject(journalOf(configuration), toKeys, { advertiser: '', by: whoAmI(), at, facts }).entries
}

export async function subjectRequests(
  context: CommandContext,
  options: SiteOptions & { readonly open: boolean },
): Promise<ExitCode> {
  const { terminal } = context
  const configuration = configurationOf(context, options.config)
  const requests = await withRegistry(configuration, ({ register }) => listRequests(register))
  const shown = options.open ? requests.filter(({ closedAt }) => closedAt === undefined) : requests
  const now = context.now()
  const late = shown.filter(({ closedAt, dueAt }) => closedAt === undefined && now >= dueAt)
  if (options.json) terminal.printJson({ requests: shown })
  else for (const line of requestLines(terminal.language, shown, namesOf(configuration.site), now)) terminal.print(line)
  return late.length > 0 ? EXIT.no : EXIT.done
}

/** Opens a request that is answered later. */
export async function subjectRequest(
  context: CommandContext,
  address: string,
  options: SubjectOptions & { readonly kind: string },
): Promise<ExitCode> {
  const kind = REQUEST_KINDS.find((known) => known === options.kind)
  if (kind === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `"${options.kind}" is none of ${REQUEST_KINDS.join(', ')}`,
      fr: `« ${options.kind} » n’est aucun de ${REQUEST_KINDS.join(', ')}`,
    })
  const configuration = configurationOf(context, options.config)
  if (options.advertiser !== undefined) advertiserOf(configuration, options.advertiser)
  const person = personOf(address)
  const request = await withRegistry(configuration, (registry) =>
    requested(registry, kind, person, { ...options, request: undefined }, context.now()),
  )
  const { language } = context.terminal
  const due = momentsIn(language).moment(request.dueAt)
  report(context, options, request, [
    said(language, DONE.opened, { id: request.id, due, zone: said(language, PARIS_TIME) }),
  ])
  return EXIT.done
}

function isMeant(advertiserId: string, { advertiser }: SubjectOptions): boolean {
  return advertiser === undefined || advertiser === advertiserId
}

function whom(language: Language, site: Configuration['site'], advertiser: string | undefined): string {
  return advertiser === undefined ? wordFor(language, SCOPES, 'global') : namesOf(site)(advertiser)
}

function keptIn(language: Language, site: Configuration['site'], advertiser: string | undefined): string {
  if (advertiser === undefined) return said(language, DONE.kept)
  return said(language, DONE.keptFor, { advertiser: whom(language, site, advertiser) })
}

function report({ terminal }: CommandContext, { json }: SiteOptions, facts: unknown, words: readonly string[]): void {
  if (json) terminal.printJson(facts)
  else for (const line of words) terminal.print(line)
}
