/**
 * The message as it leaves for one recipient: as received but for what was configured to be put in. The octets it came with and
 * the octets it leaves with are both named by their digest in the decision (promise I4).
 */
import { createHash } from 'node:crypto'
import type { HostedChanges } from '../domain/unsubscribe-link.js'
import type { Advertiser, Site } from '../domain/party.js'
import type { ContentAnswer } from './content.js'
import type { NamedRecipient } from './entries.js'
import { type Furnishing, ONE_CLICK_FIELD, templateLink } from './furnishing.js'
import { editedOctets } from './outgoing.js'
import { type Edit, placeholderEdits } from './placeholder.js'
import type { HostedLink, HostedPort, SigningPort, SpooledMessage } from './ports.js'
import type { Stream } from './stream.js'

export interface Letter {
  /** With the recipient's own link where there was the template of one. */
  readonly content: ContentAnswer
  readonly edits: readonly Edit[]
  /** Fields in front, behind the trace field. */
  readonly front: string
  readonly changes: HostedChanges | undefined
}

export interface LetterParts {
  readonly site: Site
  readonly stream: Stream
  readonly message: SpooledMessage
  readonly content: ContentAnswer
  readonly recipients: readonly NamedRecipient[]
}

const NOTHING = Buffer.alloc(0)

export async function writeLetter(
  ports: { readonly hosted: HostedPort; readonly signing: SigningPort },
  { site, stream, message, content, recipients }: LetterParts,
): Promise<Letter> {
  const { advertiser } = stream
  const taken = content.controlRanges.map((range): Edit => ({ ...range, octets: NOTHING }))
  const { furnishing } = content
  const signs = advertiser?.dkim !== undefined && site.policy.dkim.where === 'relay' && !content.isSigned
  const link = ownLink(ports.hosted, stream, content, recipients)
  if (link === undefined && !signs) return { content, edits: taken, front: '', changes: undefined }
  const bytes = await message.bytes()
  const put = furnishing === undefined || link === undefined ? [] : placed(bytes, furnishing, link)
  const edits = [...taken, ...put].toSorted((one, other) => one.start - other.start)
  const fields = furnishing?.fields === true && link !== undefined ? listFields(link) : ''
  const signature = signs ? await signed(ports.signing, advertiser, fields, bytes, edits) : ''
  const front = signature + fields
  return {
    content: withOwnLink(content, link),
    edits,
    front,
    changes: {
      fields: fields !== '',
      body: put.length > 0,
      signed: signs,
      sentSha256: digestOf(Buffer.from(front), editedOctets(bytes, edits)),
    },
  }
}

function placed(bytes: Buffer, { hosted, bodies }: Furnishing, link: HostedLink): Edit[] {
  return hosted.placeholder === undefined ? [] : placeholderEdits(bytes, bodies, hosted.placeholder, link.https)
}

function listFields({ https, mailto }: HostedLink): string {
  const uris = mailto === undefined ? `<${https}>` : `<${https}>,\r\n\t<${mailto}>`
  return `List-Unsubscribe: ${uris}\r\n${ONE_CLICK_FIELD}`
}

function signed(
  signing: SigningPort,
  advertiser: Advertiser,
  fields: string,
  bytes: Buffer,
  edits: readonly Edit[],
): Promise<string> {
  return signing.sign(Buffer.concat([Buffer.from(fields), editedOctets(bytes, edits)]), advertiser)
}

/** Undefined where nothing is to be put in. */
export function ownLink(
  hosted: HostedPort,
  { advertiser, router, campaign }: Stream,
  { furnishing }: ContentAnswer,
  [named]: readonly NamedRecipient[],
): HostedLink | undefined {
  if (furnishing === undefined || advertiser === undefined || named === undefined) return undefined
  const { subject } = named
  return hosted.linkFor(advertiser, furnishing.hosted, { subject, routerId: router?.id, list: campaign?.list })
}

/** The content with the recipient's own link where there was the template of one. */
export function withOwnLink(content: ContentAnswer, link: HostedLink | undefined): ContentAnswer {
  const { furnishing } = content
  if (furnishing === undefined || link === undefined) return content
  const { https } = link
  const template = templateLink(furnishing.hosted)
  const own = (uri: string): string => (uri === template ? https : uri)
  const { excerpt, unsubscribeLinks } = content
  return {
    ...content,
    unsubscribeLinks: unsubscribeLinks.map((each) => ({ ...each, uri: own(each.uri) })),
    excerpt: { ...excerpt, oneClickUri: excerpt.oneClickUri && own(excerpt.oneClickUri) },
  }
}

function digestOf(...parts: readonly Buffer[]): string {
  const digest = createHash('sha256')
  for (const part of parts) digest.update(part)
  return digest.digest('hex')
}
