/**
 * The labelled messages, where they are at hand beside the project; nothing of theirs is copied here. Rows are read, and
 * each message once.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { asSent } from '#aval/message/mime/line-ends.js'
import { readMessage } from '#aval/message/read-message.js'
import type { MessageFacts } from '#aval/domain/message-facts.js'

export const CORPUS = new URL('../../../../shared/corpus/', import.meta.url)
export const corpusPresent = existsSync(new URL('labels.jsonl', CORPUS))

/** One row; what a person, or a script where nobody looked, said of a message. */
export interface Label {
  readonly id: number | string
  readonly file: string
  readonly lang: string
  /** Whether a person looked at the message. */
  readonly verified: boolean
  /** Null for templates, which have no header. */
  readonly has_list_unsubscribe: boolean | null
  readonly has_one_click: boolean | null
  readonly header_unsubscribe_kinds: readonly string[] | null
  readonly body_unsubscribe_links: readonly LabelledLink[]
  readonly body_unsubscribe_visible: boolean | 'unknown'
  /** `https`, `http`, `mailto` or `none`; of templates also `merge-tag` and `text-merge-tag`. */
  readonly unsubscribe_kind: string
  readonly plain_alternative_has_unsubscribe: boolean | null
  readonly sender_identity_text: string | null
  readonly postal_address_present: boolean | null
  readonly privacy_link_present: boolean | null
}

export interface LabelledLink {
  readonly href: string
  readonly text: string
  readonly hidden: boolean
}

export function isTemplate({ file }: Label): boolean {
  return file.startsWith('templates/')
}

export function readLabels(): readonly Label[] {
  return readFileSync(new URL('labels.jsonl', CORPUS), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Label)
}

const read = new Map<string, MessageFacts>()

/** The facts of a labelled message; a template is taken for the body of one. */
export function factsOf(label: Label): MessageFacts {
  const known = read.get(label.file)
  if (known !== undefined) return known
  const facts = readMessage(messageOf(label), '00'.repeat(32))
  read.set(label.file, facts)
  return facts
}

function messageOf(label: Label): Buffer {
  const content = readFileSync(new URL(label.file, CORPUS))
  if (!isTemplate(label)) return asSent(content)
  const kind = /<[a-z!]/i.test(content.toString()) ? 'html' : 'plain'
  const header = `From: news@acme.example\r\nMIME-Version: 1.0\r\nContent-Type: text/${kind}; charset=utf-8\r\n\r\n`
  return Buffer.concat([Buffer.from(header), asSent(content)])
}

/** What is read in the messages of other mail readers' test suites: letters, lists, notifications. */
export function unlabelledMessages(): readonly { readonly file: string; readonly texts: readonly string[] }[] {
  const folder = new URL('robustness/', CORPUS)
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const { subject = '', alternatives } = readMessage(
        asSent(readFileSync(join(entry.parentPath, entry.name))),
        '00'.repeat(32),
      )
      return { file: entry.name, texts: [subject, ...alternatives.map(({ visibleText }) => visibleText)] }
    })
}
