/**
 * What the hosted unsubscribe endpoint does (RFC 8058): GET shows a page and changes nothing, POST acts at once. The objection is
 * on disk before the answer, so that it is in force for the next RCPT.
 *
 * Every token in the form of ours gets the same pages and answers, after the same question to the registry, whether the part of
 * the person is genuine or made up, and whatever is known of the person. To a person whose link was damaged on its way that is
 * said, because "done" would be a lie; a one-click request, which nobody reads the answer of, gets one answer for every token.
 */
import type { ObjectionReason, ObjectionScope } from '../../domain/objection.js'
import type { Site } from '../../domain/party.js'
import type { SubjectKeys } from '../../domain/subject-key.js'
import { textsFor } from './languages.js'
import { type Page, type PageSubject, renderPage } from './pages.js'
import type { TokenContent, TokenKeys, TokenReading, TokenSender } from './token.js'

export interface HostedObjection {
  readonly person: Pick<SubjectKeys, 'keyId' | 'objectionKey'>
  readonly scope: ObjectionScope
  readonly channel: 'email'
  readonly reason: ObjectionReason
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly sourceRef: string
}

/** Where objections are kept. Each resolves once all is on disk, and rejects when that cannot be. */
export interface ObjectionStore {
  object(objection: HostedObjection): Promise<unknown>
  /** @returns how many were taken back */
  retract(
    person: HostedObjection['person'],
    which: {
      readonly scopes: readonly ObjectionScope[]
      readonly reasons: readonly ObjectionReason[]
      readonly since: number
    },
  ): Promise<number>
  /** Looks nobody up and changes nothing. */
  consult(): Promise<unknown>
}

export interface EndpointEvents {
  retracted(content: TokenContent): void
  failed(error: unknown): void
}

export interface EndpointOptions {
  readonly site: () => Site
  readonly tokens: TokenKeys
  readonly store: ObjectionStore
  readonly now: () => number
  readonly events: EndpointEvents
}

/** Which language the reader wants. */
export interface Reader {
  readonly language: string | undefined
  readonly acceptLanguage: string | undefined
}

export interface Rendered {
  readonly status: number
  readonly language: string
  readonly html: string
}

export interface HostedEndpoint {
  /** Whether a token is whole and in the form of ours; says nothing of whether its person is one. */
  knows(token: string): boolean
  show(token: string, reader: Reader): Rendered
  /** @param fields of the form; undefined when there is none that can be read: whoever sends one wants it to stop */
  act(token: string, fields: ReadonlyMap<string, string> | undefined, reader: Reader): Promise<Rendered>
  refuse(reader: Reader): Rendered
}

type Scope = 'all' | 'list'

/** How long a click can be taken back where it was made; later the person signs up again with the sender. */
const UNDO_MS = 24 * 3_600_000
const UNDOABLE: readonly ObjectionReason[] = ['unsubscribe_link', 'one_click']

export function createHostedEndpoint({ site, tokens, store, now, events }: EndpointOptions): HostedEndpoint {
  let consulting: Promise<unknown> | undefined

  /** What a made-up token asks of the registry, once at a time however many are tried. */
  async function consult(): Promise<void> {
    consulting ??= store.consult().finally(() => (consulting = undefined))
    await consulting
  }

  async function object(content: TokenContent | undefined, kind: Scope, reason: ObjectionReason): Promise<void> {
    if (content === undefined) return consult()
    const scope = scopeOf(content, kind)
    await store.object({ person: content.person, scope, channel: 'email', reason, at: now(), sourceRef: 'hosted' })
  }

  async function retract(content: TokenContent | undefined, kind: Scope): Promise<boolean> {
    if (content === undefined) {
      await consult()
      return false
    }
    const which = { scopes: [scopeOf(content, kind)], reasons: UNDOABLE, since: now() - UNDO_MS }
    const count = await store.retract(content.person, which)
    if (count > 0) events.retracted(content)
    return count > 0
  }

  async function carryOut({ sender, content }: TokenReading, fields: ReadonlyMap<string, string>): Promise<Page> {
    const subject = subjectOf(site(), sender)
    const undo = fields.get('undo')
    if (undo !== undefined)
      return { kind: 'undone', subject, took: await retract(content, undo === 'list' ? 'list' : 'all') }
    const scope = fields.get('scope') === 'list' && sender.list !== undefined ? 'list' : 'all'
    await object(content, scope, 'unsubscribe_link')
    return { kind: 'done', subject, scope }
  }

  return {
    knows: (token) => tokens.examine(token) !== undefined,

    show(token, reader) {
      const reading = tokens.examine(token)
      const page: Page =
        reading === undefined ? { kind: 'unknown' } : { kind: 'ask', subject: subjectOf(site(), reading.sender) }
      return rendered(200, page, reader)
    },

    async act(token, fields, reader) {
      const reading = tokens.examine(token)
      try {
        if (fields !== undefined && !isOneClick(fields))
          return rendered(200, reading === undefined ? { kind: 'unknown' } : await carryOut(reading, fields), reader)
        await object(reading?.content, 'all', 'one_click')
        return rendered(200, { kind: 'taken' }, reader)
      } catch (error) {
        events.failed(error)
        return rendered(503, { kind: 'trouble' }, reader)
      }
    },

    refuse: (reader) => rendered(429, { kind: 'too_many' }, reader),
  }
}

function isOneClick(fields: ReadonlyMap<string, string>): boolean {
  return fields.has('List-Unsubscribe') || !(fields.has('scope') || fields.has('undo'))
}

function scopeOf({ advertiserId, list }: TokenSender, kind: Scope): ObjectionScope {
  return kind === 'list' && list !== undefined
    ? { kind: 'list', advertiserId, list }
    : { kind: 'advertiser', advertiserId }
}

/** An advertiser that has left the configuration is still objected to, under the only name there is. */
function subjectOf(site: Site, { advertiserId, list }: TokenSender): PageSubject {
  const advertiser = site.advertisers.get(advertiserId)
  const sender = advertiser ?? {
    legalName: advertiserId,
    brands: [],
    siren: undefined,
    seat: undefined,
    contactEmail: undefined,
    dpoContact: undefined,
    privacyUrl: undefined,
  }
  return { sender, list: list === undefined ? undefined : advertiser?.hosted?.lists.get(list) }
}

function rendered(status: number, page: Page, { language, acceptLanguage }: Reader): Rendered {
  const texts = textsFor(language, acceptLanguage)
  return { status, language: texts.language, html: renderPage(page, texts) }
}
