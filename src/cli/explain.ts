/** `aval explain`: one decision in full sentences, with the law, the facts and the record it rests on. */
import type { DecisionEntry, JournalEntry, OutcomeEntry } from '../domain/journal-entry.js'
import { isReference } from '../domain/reference.js'
import { JournalUnavailableError } from '../journal/journal-error.js'
import { type JournalReader, type StoredEntry, openJournalReader } from '../journal/reader.js'
import { ruleOf } from '../rules/catalogue.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { configurationOf } from './site.js'
import { type Bilingual, type Terminal, styled } from './terminal.js'

const VERDICTS: Readonly<Record<DecisionEntry['verdict'], Bilingual>> = {
  permit: { en: 'The message was permitted', fr: 'Le message a été permis' },
  refuse: { en: 'The message was refused', fr: 'Le message a été refusé' },
  defer: { en: 'The message was put off', fr: 'Le message a été différé' },
}

const OUTCOMES: Readonly<Record<OutcomeEntry['status'], Bilingual>> = {
  relayed: { en: 'taken by the upstream', fr: 'pris par le serveur en aval' },
  refused: { en: 'refused by the upstream', fr: 'refusé par le serveur en aval' },
  deferred: { en: 'put off by the upstream', fr: 'différé par le serveur en aval' },
  unknown: { en: 'unknown: the upstream may have taken it', fr: "inconnu : le serveur en aval l'a peut-être pris" },
  aborted: { en: 'not sent', fr: 'pas envoyé' },
  dropped: {
    en: 'not sent; the client was answered 250, as its profile says',
    fr: 'pas envoyé ; le client a lu 250, comme le veut son profil',
  },
}

/** @returns 1 when the journal has no such reference */
export async function explain(
  context: CommandContext,
  ref: string,
  options: { readonly config: string | undefined; readonly json: boolean },
): Promise<ExitCode> {
  if (!isReference(ref))
    throw new CommandError(EXIT.undecided, `"${ref}" is not a reference: it has 26 characters, as in "ref=01J..."`)
  const { runtime } = configurationOf(context, options.config)
  const { terminal } = context
  const stored = readJournal(runtime.journal.path, (journal) => journal.byRef(ref))
  if (options.json) for (const entry of stored) terminal.printJson(entry)
  else if (stored.length === 0)
    terminal.print(terminal.say({ en: `The journal has no ${ref}.`, fr: `Le journal n'a pas de ${ref}.` }))
  else for (const one of stored) if (one.entry.kind === 'decision') tellDecision(terminal, one, one.entry, stored)
  return stored.length === 0 ? EXIT.no : EXIT.done
}

function readJournal<T>(path: string, read: (journal: JournalReader) => T): T {
  try {
    const journal = openJournalReader(path)
    try {
      return read(journal)
    } finally {
      journal.close()
    }
  } catch (cause) {
    if (cause instanceof JournalUnavailableError) throw new CommandError(EXIT.io, cause.message, { cause })
    throw cause
  }
}

function tellDecision(
  terminal: Terminal,
  stored: StoredEntry,
  decision: DecisionEntry,
  all: readonly StoredEntry[],
): void {
  const line = (label: Bilingual, value: string) => {
    if (value !== '') terminal.print(`  ${terminal.say(label)} ${value}`)
  }
  const { verdict, rule, messageSha256 } = decision
  const heading = `${terminal.say(VERDICTS[verdict])}${rule === '' ? '' : ` (${rule})`}`
  terminal.print(styled(terminal, verdict === 'permit' ? 'good' : verdict === 'refuse' ? 'bad' : 'doubt', heading))
  line({ en: 'when:', fr: 'quand :' }, `${new Date(decision.at).toISOString()} (${decision.stage})`)
  line(
    { en: 'sent by:', fr: 'envoyé par :' },
    [decision.credential, decision.router].filter((part) => part !== '').join(', '),
  )
  line({ en: 'for:', fr: 'pour :' }, decision.advertiser)
  line(
    { en: 'as:', fr: 'comme :' },
    [decision.messageClass, decision.campaign].filter((part) => part !== '').join(', '),
  )
  line({ en: 'to:', fr: 'à :' }, decision.toKey === '' ? '' : `${decision.toKeyId}:${decision.toKey}`)
  line(
    { en: 'message:', fr: 'message :' },
    messageSha256 === '' ? '' : `${messageSha256} (${decision.messageSize} octets)`,
  )
  tellBasis(terminal, decision)
  if (decision.would !== verdict) line({ en: 'enforced, it would be:', fr: 'appliqué, ce serait :' }, decision.would)
  for (const { rule: id, outcome, detail, evidence } of decision.findings) {
    if (outcome === 'fail' || outcome === 'unknown') tellFinding(terminal, id, detail, evidence)
  }
  line({ en: 'in order:', fr: 'en règle :' }, decision.passed.join(', '))
  line({ en: 'reply:', fr: 'réponse :' }, decision.reply)
  for (const { entry } of all) if (isOutcomeOf(entry, decision)) tellOutcome(terminal, entry)
  line({ en: 'under configuration:', fr: 'selon la configuration :' }, decision.configSha256)
  line({ en: 'journal entry:', fr: 'entrée du journal :' }, `${stored.seq} ${stored.hash}`)
}

function tellBasis(terminal: Terminal, decision: DecisionEntry): void {
  if (decision.recordId === '') return
  const { recordId, recordVersion, recordSha256, legalBasis, clockStartedAt, clockStartedBy, dueAt } = decision
  terminal.print(
    `  ${terminal.say({ en: 'rests on record', fr: "repose sur l'enregistrement" })} ${recordId} v${recordVersion}, ${legalBasis}, ${recordSha256}`,
  )
  if (dueAt === 0) return
  const [from, until] = [clockStartedAt, dueAt].map((at) => new Date(at).toISOString())
  terminal.print(
    `  ${terminal.say({
      en: `may be used until ${until}, counted from ${from} (${clockStartedBy})`,
      fr: `utilisable jusqu'au ${until}, compté depuis ${from} (${clockStartedBy})`,
    })}`,
  )
}

function tellFinding(
  terminal: Terminal,
  id: string,
  detail: string,
  evidence: DecisionEntry['findings'][number]['evidence'],
): void {
  const row = ruleOf(id)
  const words = row[terminal.language]
  const facts = Object.entries(evidence).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.join('|') : String(value)}`,
  )
  terminal.print(`  ${id}: ${words.title} [${[detail, ...facts].join(', ')}]`)
  terminal.print(`    ${words.law}`)
  terminal.print(`    ${terminal.say({ en: 'Law:', fr: 'Texte :' })} ${row.sources.join('; ')}`)
  terminal.print(`    ${terminal.say({ en: 'What to do:', fr: 'Que faire :' })} ${words.remedy}`)
}

function tellOutcome(terminal: Terminal, { at, status, upstream, reply }: OutcomeEntry): void {
  const words = [terminal.say(OUTCOMES[status]), upstream, reply === '' ? '' : `(${reply})`]
    .filter((part) => part !== '')
    .join(' ')
  terminal.print(`  ${terminal.say({ en: 'outcome:', fr: 'issue :' })} ${words} ${new Date(at).toISOString()}`)
}

function isOutcomeOf(entry: JournalEntry, decision: DecisionEntry): entry is OutcomeEntry {
  return entry.kind === 'outcome' && entry.rcpt === decision.rcpt
}
