/**
 * One message sent through the whole relay: real parser, real rules, real replies; the registry, the journal and the MTA
 * behind are the ones of a test. Lawful unless a scene says otherwise.
 */
import { createHash } from 'node:crypto'
import type { ConsentRecord } from '#aval/domain/consent-record.js'
import type { LastContact } from '#aval/domain/contact-event.js'
import { parseForwardPath, parseReversePath } from '#aval/domain/envelope.js'
import type { DecisionEntry } from '#aval/domain/journal-entry.js'
import type { MessageClass } from '#aval/domain/message-class.js'
import type { Objection } from '#aval/domain/objection.js'
import type { Site } from '#aval/domain/party.js'
import type { RegistryAnswer } from '#aval/domain/registry.js'
import { type Reply, formatReply, isPositive } from '#aval/domain/reply.js'
import type { EarlierMessage } from '#aval/domain/send-history.js'
import { readMessageFully } from '#aval/message/second-reader.js'
import type { RelayPorts } from '#aval/relay/ports.js'
import { createRelay } from '#aval/relay/transaction.js'
import { NOW, aCredential, aRecord, aSite, anAnswer, onFile, type SiteOptions } from '../support/facts.js'
import { type FakeOptions, fakeHouse, spooled } from '../support/fake-ports.js'

export interface Scene {
  /** Class of the credential. */
  readonly as?: MessageClass
  /** What is on file about the recipient; one record that authorises the message unless said otherwise. */
  readonly records?: readonly ConsentRecord[]
  readonly contacts?: readonly LastContact[]
  readonly objections?: readonly Objection[]
  readonly registry?: Partial<RegistryAnswer> | FakeOptions['registry']
  readonly site?: SiteOptions
  readonly history?: readonly EarlierMessage[]
  readonly mail?: string
  readonly from?: string
  readonly to?: string | readonly string[]
  readonly now?: number
  readonly journal?: FakeOptions['journal']
  /** Replaces ports by the ones of a scene. */
  readonly ports?: (ports: RelayPorts) => Partial<RelayPorts>
}

export interface Played {
  /** Replies to MAIL, each RCPT and DATA, as they go over the wire. */
  readonly replies: readonly string[]
  readonly last: string
  readonly decisions: readonly DecisionEntry[]
  /** Messages the MTA got. */
  readonly sent: readonly Buffer[]
}

const PEER = {
  session: 's1',
  address: '192.0.2.7',
  helo: 'mailer.example',
  transport: 'tls',
  protocol: 'ESMTPSA',
  credentialId: 'routix-acme',
} as const

export async function play(scene: Scene = {}): Promise<Played> {
  const content = scene.mail ?? newsletter()
  const bytes = Buffer.from(content)
  const facts = await readMessageFully(bytes, createHash('sha256').update(bytes).digest('hex'))
  const site: Site = aSite({ credentials: [aCredential({ classes: [scene.as ?? 'prospecting_b2c'] })], ...scene.site })
  const house = fakeHouse({ site, registry: registryOf(scene), facts, now: scene.now ?? NOW, ...journalOf(scene) })
  const history = { earlierMessages: () => Promise.resolve(scene.history ?? []) }
  const ports = { ...house.ports, history, ...scene.ports?.(house.ports) }
  const relay = createRelay(ports, { node: 'relay-1', version: '0', openUpstream: 'data' })
  const transaction = relay.begin(PEER)
  const replies: Reply[] = []
  replies.push(await transaction.mail(parsed(parseReversePath(`<${scene.from ?? 'bounce@bounce.acme.example'}>`))))
  if (isPositive(replies[0]!)) {
    for (const to of [scene.to ?? 'jean.dupont@client.example'].flat())
      replies.push(await transaction.rcpt(parsed(parseForwardPath(`<${to}>`))))
    if (transaction.accepted > 0) replies.push(...(await transaction.data(spooled(bytes))))
  }
  const written = replies.map(formatReply)
  return {
    replies: written,
    last: written.at(-1)!,
    decisions: house.decisions(),
    sent: house.sent().map((sent) => sent.content),
  }
}

function registryOf({
  records = [aRecord()],
  contacts = [],
  objections = [],
  registry,
}: Scene): FakeOptions['registry'] {
  if (typeof registry === 'function') return registry
  return anAnswer({ records: records.map((record) => onFile(record)), contacts, objections, ...registry })
}

function journalOf({ journal }: Scene): Pick<FakeOptions, 'journal'> {
  return journal === undefined ? {} : { journal }
}

function parsed<T>(path: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!path.ok) throw new Error('a path of the test is not one')
  return path.value
}

const LINK = 'https://www.acme.example/u/3f8a2c1d9e7b4a60'

export interface Letter {
  readonly subject?: string
  readonly from?: string
  readonly to?: string
  /** Fields in place of List-Unsubscribe and List-Unsubscribe-Post, or beside all others. */
  readonly listUnsubscribe?: readonly string[]
  readonly fields?: readonly string[]
  /** The HTML between the offer and the footer. */
  readonly unsubscribe?: string
  readonly text?: string
  readonly html?: string
}

/** A newsletter of Acme with everything it needs, in text and HTML. */
export function newsletter(letter: Letter = {}): string {
  const {
    subject = 'Nos offres de novembre',
    from = 'Acme <news@news.acme.example>',
    to = 'jean.dupont@client.example',
    listUnsubscribe = [`List-Unsubscribe: <${LINK}>`, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'],
    fields = [],
    unsubscribe = `<p>Pour ne plus recevoir nos messages, <a href="${LINK}">cliquez ici</a>.</p>`,
    text = `Acme SAS vous propose ses offres de livres.\r\n\r\nPour ne plus recevoir nos messages : ${LINK}\r\n\r\n${LEGAL}`,
    html = `<p>Acme SAS vous propose ses offres de livres.</p>${unsubscribe}<p>${LEGAL_HTML}</p>`,
  } = letter
  return [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    'Date: Fri, 20 Nov 2026 09:00:00 +0100',
    'Message-ID: <1@news.acme.example>',
    ...listUnsubscribe,
    ...fields,
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=cut',
    '',
    '--cut',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--cut',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<html><body>${html}</body></html>`,
    '--cut--',
    '',
  ].join('\r\n')
}

const PRIVACY = 'https://www.acme.example/privacy'
const RIGHTS =
  'Vous disposez de droits d’accès, de rectification, d’opposition et d’effacement, et pouvez saisir la CNIL'
export const LEGAL = `${RIGHTS} : ${PRIVACY}\r\n\r\nAcme SAS, Lyon, SIREN 732 829 320`
export const LEGAL_HTML = `${RIGHTS} : <a href="${PRIVACY}">vie privée</a>. Acme SAS, Lyon, SIREN 732 829 320`
