/**
 * What the hosted unsubscribe endpoint does (RFC 8058): GET shows a page and changes nothing, POST acts at once. The objection is
 * on disk before the answer, so that it is in force for the next RCPT.
 *
 * To a machine's one-click request every token, known or not, gets the same answer. A person whose link is cut short is told so:
 * "done" would be a lie. Neither answer depends on what is known of the person.
 */
import type { ObjectionReason, ObjectionScope } from '../../domain/objection.js'
import type { Site } from '../../domain/party.js'
import type { SubjectKeys } from '../../domain/subject-key.js'
import { textsFor } from './languages.js'
import { type Page, type PageSubject, renderPage } from './pages.js'
import type { TokenContent, TokenKeys } from './token.js'

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
  /** Whether a token is one of ours. */
  knows(token: string): boolean
  show(token: string, reader: Reader): Rendered
  /** @param fields of the form; undefined when there is none that can be read: whoever sends one wants it to stop */
  act(token: string, fields: ReadonlyMap<string, string> | undefined, reader: Reader): Promise<Rendered>
  refuse(reader: Reader): Rendered
}

/** How long a click can be taken back where it was made; later the person signs up again with the sender. */
const UNDO_MS = 24 * 3_600_000
const UNDOABLE: readonly ObjectionReason[] = ['unsubscribe_link', 'one_click']

export function createHostedEndpoint({ site, tokens, store, now, events }: EndpointOptions): HostedEndpoint {
  async function object(content: TokenContent, kind: 'all' | 'list', reason: ObjectionReason): Promise<void> {
    const scope = scopeOf(content, kind)
    await store.object({ person: content.person, scope, channel: 'email', reason, at: now(), sourceRef: 'hosted' })
  }

  async function carryOut(content: TokenContent, fields: ReadonlyMap<string, string> | undefined): Promise<Page> {
    const subject = subjectOf(site(), content)
    const undo = fields?.get('undo')
    if (undo !== undefined) {
      const scopes = [scopeOf(content, undo === 'list' ? 'list' : 'all')]
      const count = await store.retract(content.person, { scopes, reasons: UNDOABLE, since: now() - UNDO_MS })
      if (count > 0) events.retracted(content)
      return { kind: 'undone', subject, took: count > 0 }
    }
    const scope = fields?.get('scope') === 'list' && content.list !== undefined ? 'list' : 'all'
    await object(content, scope, 'unsubscribe_link')
    return { kind: 'done', subject, scope }
  }

  return {
    knows: (token) => tokens.read(token) !== undefined,

    show(token, reader) {
      const content = tokens.read(token)
      const page: Page =
        content === undefined ? { kind: 'unknown' } : { kind: 'ask', subject: subjectOf(site(), content) }
      return rendered(200, page, reader)
    },

    async act(token, fields, reader) {
      const content = tokens.read(token)
      const oneClick = fields === undefined || isOneClick(fields)
      try {
        if (!oneClick)
          return rendered(200, content === undefined ? { kind: 'unknown' } : await carryOut(content, fields), reader)
        if (content !== undefined) await object(content, 'all', 'one_click')
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

function scopeOf({ advertiserId, list }: TokenContent, kind: 'all' | 'list'): ObjectionScope {
  return kind === 'list' && list !== undefined
    ? { kind: 'list', advertiserId, list }
    : { kind: 'advertiser', advertiserId }
}

/** An advertiser that has left the configuration is still objected to, under the only name there is. */
function subjectOf(site: Site, { advertiserId, list }: TokenContent): PageSubject {
  const advertiser = site.advertisers.get(advertiserId)
  const sender = advertiser ?? {
    legalName: advertiserId,
    brands: [],
    siren: undefined,
    seat: undefined,
    contactEmail: undefined,
    privacyUrl: undefined,
  }
  return { sender, list: list === undefined ? undefined : advertiser?.hosted?.lists.get(list) }
}

function rendered(status: number, page: Page, { language, acceptLanguage }: Reader): Rendered {
  const texts = textsFor(language, acceptLanguage)
  return { status, language: texts.language, html: renderPage(page, texts) }
}
