/**
 * Is the sender named in the body, and nobody else? Labels give the name a person read there; the rule is handed it as the
 * declared name of the advertiser. The names of other rows are the counter-question: they must not be found.
 */
import type { Alternative, MessageFacts } from '#aval/domain/message-facts.js'
import { identityHidden } from '#aval/rules/message/identity-hidden.js'
import { aMailbox, anAdvertiser, messageFacts } from '../../support/facts.js'
import { LABEL_ERRORS, explanationKey } from './explanations.js'
import { type Label, corpusPresent, readLabels } from './labels.js'
import type { Answer, Answers, Question } from './question.js'

interface Name {
  readonly legalName: string
  readonly brands: readonly string[]
}

const SENDER_NAMED = 'sender named'
/** How many other names each message is asked about. */
const OTHERS_ASKED = 3
/** What a person noted beside the name, and what nobody has filled in. */
const REMARK = /\((?:impersonated|cloned footer)\)/
const PLACEHOLDER = /[[\]*]/

export const identityQuestions: readonly Question[] = [
  { name: SENDER_NAMED, ask: (label, facts) => [...askOfSender(label, facts), ...askOfOthers(label, facts)] },
]

const labels = corpusPresent ? readLabels().filter(({ verified }) => verified) : []

function askOfSender(label: Label, facts: MessageFacts): Answers[] {
  const name = nameOf(label)
  return name === undefined || LABEL_ERRORS.has(explanationKey(SENDER_NAMED, label.id))
    ? []
    : [{ of: name.legalName, expected: 'named', found: foundIn(facts, name) }]
}

/** The names on the following rows that nobody wrote in this message: neither as they stand, nor within its own sender's. */
function askOfOthers(label: Label, facts: MessageFacts): Answers[] {
  const at = labels.findIndex(({ id }) => id === label.id)
  const following = [...labels.slice(at + 1), ...labels.slice(0, Math.max(at, 0))]
  const own = label.sender_identity_text?.toLowerCase() ?? ''
  const others = new Map<string, Name>()
  for (const other of following) {
    const name = nameOf(other)
    if (name === undefined || own.includes(name.legalName.toLowerCase()) || overlaps(own, name)) continue
    if (isWritten(name, facts)) continue
    others.set(name.legalName, name)
    if (others.size === OTHERS_ASKED) break
  }
  return [...others.values()].map((name) => ({ of: name.legalName, expected: undefined, found: foundIn(facts, name) }))
}

function isWritten({ legalName, brands }: Name, { alternatives }: MessageFacts): boolean {
  return [legalName, ...brands].some((name) => alternatives.some(({ visibleText }) => visibleText.includes(name)))
}

function overlaps(own: string, { legalName, brands }: Name): boolean {
  return own !== '' && [legalName, ...brands].some((name) => name.toLowerCase().includes(own))
}

/** `Legal Name (Brand)`, `One / Other`; a merge tag is no name yet. */
function nameOf({ sender_identity_text: text }: Label): Name | undefined {
  if (text === null || PLACEHOLDER.test(text)) return undefined
  const [, outside = '', inside] = /^([^(]*)(?:\((.*)\))?/.exec(text.replace(REMARK, '').trim()) ?? []
  const [legalName = '', ...brands] = [...outside.split(' / '), ...(inside?.split(' / ') ?? [])].map((name) =>
    name.trim(),
  )
  return legalName === '' ? undefined : { legalName, brands }
}

function foundIn({ alternatives }: MessageFacts, name: Name): Answer {
  return alternatives.some((alternative) => isNamed(alternative, name)) ? 'named' : undefined
}

/** As the rule judges it, of one version of the body and a sender nothing is wrong with. */
function isNamed(alternative: Alternative, name: Name): boolean {
  const advertiser = anAdvertiser({ ...name, siren: undefined })
  const from = [aMailbox('', 'news@news.acme.example')]
  const finding = identityHidden.judge(messageFacts({ alternatives: [alternative], from }, { advertiser }))
  return finding.outcome === 'pass'
}
