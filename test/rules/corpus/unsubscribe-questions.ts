/** Does the body offer to unsubscribe, by what kind of link, and does a reader see it? Does the header? */
import type { Alternative, Link, MessageFacts } from '#aval/domain/message-facts.js'
import { isUsableTarget, schemeOf } from '#aval/rules/link-target.js'
import { searchUnsubscribeLinks } from '#aval/rules/unsubscribe-links.js'
import { unsubHeader } from '#aval/rules/message/unsub-header.js'
import { oneClickFault } from '#aval/rules/one-click.js'
import { messageFacts } from '../../support/facts.js'
import { LABEL_ERRORS, explanationKey } from './explanations.js'
import { type Label, isTemplate } from './labels.js'
import type { Answer, Answers, Question } from './question.js'

const MERGE_TARGET = 'https://merge-tag.example/'
/** From the best to the worst, as the labels have it. */
const KINDS = ['https', 'http', 'mailto']

const PRESENT = 'unsubscribe present'
const KIND = 'unsubscribe kind'

export const unsubscribeQuestions: readonly Question[] = [
  {
    name: PRESENT,
    ask: (label, facts) =>
      [...askOfBody(label, facts), ...askOfTextVersion(label, facts)].filter(
        ({ of }) => !LABEL_ERRORS.has(explanationKey(PRESENT, label.id, of)),
      ),
  },
  {
    name: KIND,
    ask: (label, facts) =>
      !LABEL_ERRORS.has(explanationKey(KIND, label.id)) &&
      isReadable(label) &&
      !isTemplate(label) &&
      !hasPlaceholder(label)
        ? [{ expected: noneAsUndefined(label.unsubscribe_kind), found: kindOf(visibleLinks(facts)) }]
        : [],
  },
  {
    name: 'unsubscribe link visible',
    ask: (label, facts) =>
      isReadable(label)
        ? label.body_unsubscribe_links.map(({ href, hidden }, index) => ({
            of: `link ${index + 1}`,
            expected: hidden ? undefined : 'visible',
            found: visibleLinks(facts).some((link) => isSameTarget(link.href, href)) ? 'visible' : undefined,
          }))
        : [],
  },
  {
    name: 'List-Unsubscribe',
    ask: (label, { listUnsubscribe }) =>
      label.has_list_unsubscribe === null
        ? []
        : [{ expected: presence(label.has_list_unsubscribe), found: presence(listUnsubscribe.fields > 0) }],
  },
  {
    name: 'one-click',
    ask: (label, message) =>
      label.has_one_click === null
        ? []
        : [{ expected: presence(label.has_one_click), found: presence(offersOneClick(message)) }],
  },
]

function askOfBody(label: Label, facts: MessageFacts): Answers[] {
  if (!isReadable(label)) return []
  return [
    { expected: presence(label.body_unsubscribe_visible === true), found: presence(visibleLinks(facts).length > 0) },
  ]
}

/** Beside an HTML version; alone, the text is the body. */
function askOfTextVersion(label: Label, facts: MessageFacts): Answers[] {
  const plain = facts.alternatives.find(({ kind }) => kind === 'text/plain')
  const { plain_alternative_has_unsubscribe: expected } = label
  if (expected === null || plain === undefined || facts.alternatives.length === 1) return []
  return [
    { of: 'text version', expected: presence(expected), found: presence(visibleLinksOf(plain, facts).length > 0) },
  ]
}

function presence(there: boolean): Answer {
  return there ? 'present' : undefined
}

/** A merge tag in running text stands for words nobody can read before it is replaced. */
function isReadable(label: Label): boolean {
  return label.body_unsubscribe_visible !== 'unknown' && label.unsubscribe_kind !== 'text-merge-tag'
}

/** The version with more to say: readers are shown HTML where there is some. */
function visibleLinks(facts: MessageFacts): readonly Link[] {
  const shown = facts.alternatives.find(({ kind }) => kind === 'text/html') ?? facts.alternatives[0]
  return shown === undefined ? [] : visibleLinksOf(shown, facts)
}

/** By their words alone: what stands in List-Unsubscribe has no say, and a target that is no URI counts as one. */
function visibleLinksOf(shown: Alternative, facts: MessageFacts): readonly Link[] {
  const original = new Map<Link, Link>()
  for (const link of shown.links) original.set(isUsableTarget(link.href) ? link : { ...link, href: MERGE_TARGET }, link)
  const search = searchUnsubscribeLinks(
    { ...facts, listUnsubscribe: { ...facts.listUnsubscribe, uris: [] } },
    undefined,
  )
  return [...search.linksOf({ ...shown, links: [...original.keys()] })]
    .filter((link) => link.visible)
    .map((link) => original.get(link)!)
}

function kindOf(links: readonly Link[]): Answer {
  const schemes = links.map(({ href }) => schemeOf(href))
  return KINDS.find((kind) => schemes.includes(kind))
}

function noneAsUndefined(kind: string): Answer {
  return kind === 'none' ? undefined : kind
}

/** The label calls an unreplaced tag visible, and of no kind. */
function hasPlaceholder({ body_unsubscribe_visible: visible, unsubscribe_kind: kind }: Label): boolean {
  return visible === true && kind === 'none'
}

function isSameTarget(one: string, other: string): boolean {
  const bare = (href: string): string => href.replace(/\s+/g, '').replace(/^mailto:/i, '')
  return bare(one) === bare(other)
}

/** As the label has it: an https URI in List-Unsubscribe and the exact value in the Post field, whatever else is wrong. */
function offersOneClick(message: MessageFacts): boolean {
  const { outcome } = unsubHeader.judge(messageFacts({}, { message }))
  return outcome === 'pass' && oneClickFault(message.listUnsubscribe) === undefined
}
