/** `aval log search`: decisions in the journal, by reference, rule, advertiser, router, verdict, person or time. */
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import { isReference } from '../domain/reference.js'
import { readAddress } from '../domain/address.js'
import { decisionLine } from '../evidence/decision-line.js'
import type { EntryFilter, JournalReader, StoredEntry } from '../journal/reader.js'
import { keyFile, subjects } from '../registry/key-source.js'
import { counted, type Forms } from '../words/language.js'
import { PARIS_TIME } from '../words/moments.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { momentOf, readJournal } from './journal-commands.js'
import { asCommandError, configurationOf } from './site.js'
import type { Configuration } from '../config/configuration.js'
import { nearest } from '../config/problems.js'
import { CATALOGUE } from '../rules/catalogue.js'

export interface SearchOptions {
  readonly config: string | undefined
  readonly json: boolean
  readonly ref: string | undefined
  readonly rule: string | undefined
  readonly advertiser: string | undefined
  readonly router: string | undefined
  readonly to: string | undefined
  readonly since: string | undefined
  readonly verdict: string | undefined
}

/** @returns 1 when nothing fits */
export function logSearch(context: CommandContext, options: SearchOptions): ExitCode {
  const { terminal } = context
  const configuration = configurationOf(context, options.config)
  const { rule, advertiser, router, verdict } = options
  if (rule !== undefined) assertRule(rule)
  const filter: EntryFilter = {
    kind: 'decision',
    ...(rule === undefined ? {} : { rule }),
    ...(advertiser === undefined ? {} : { advertiser }),
    ...(router === undefined ? {} : { router }),
    ...(verdict === undefined ? {} : { verdict }),
    ...sinceOf(options.since, context.now()),
  }
  const persons = options.to === undefined ? undefined : keysOf(configuration, options.to)
  let found = 0
  readJournal(configuration.runtime.journal, (journal) => {
    for (const stored of decisions(journal, filter, options.ref, persons)) {
      found += 1
      if (options.json) terminal.printJson(stored)
      else {
        const decision = stored.entry as DecisionEntry
        terminal.print(decisionLine(terminal.language, decision, outcomeOf(journal, decision), configuration.site))
      }
    }
  })
  if (found > 0) {
    if (!options.json) terminal.tell(counted(terminal.language, found, FOUND, { zone: terminal.say(PARIS_TIME) }))
    return EXIT.done
  }
  terminal.tell(terminal.say({ en: 'no such decision', fr: 'aucune décision de la sorte' }))
  return EXIT.no
}

const FOUND: Forms = [
  {
    en: '{count} decision ({zone}); the whole of it: aval explain REF',
    fr: '{count} décision ({zone}) ; tout ce qui la concerne : aval explain REF',
  },
  {
    en: '{count} decisions ({zone}); the whole of one: aval explain REF',
    fr: '{count} décisions ({zone}) ; tout ce qui en concerne une : aval explain REF',
  },
]

function assertRule(rule: string): void {
  const rules = CATALOGUE.map(({ id }) => id)
  if (!rules.includes(rule)) throw noRule(rule, nearest(rule, rules))
}

function noRule(rule: string, meant: string | undefined): CommandError {
  return new CommandError(EXIT.undecided, {
    en: `--rule: there is no rule "${rule}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`,
    fr: `--rule : il n’y a pas de règle « ${rule} »${meant === undefined ? '' : ` (peut-être « ${meant} » ?)`}`,
  })
}

function* decisions(
  journal: JournalReader,
  filter: EntryFilter,
  ref: string | undefined,
  persons: readonly string[] | undefined,
): Generator<StoredEntry, void> {
  if (ref !== undefined) {
    if (!isReference(ref))
      throw new CommandError(EXIT.undecided, {
        en: `"${ref}" is not a reference: it has 26 characters, as in "ref=01J..."`,
        fr: `« ${ref} » n’est pas une référence : elle a 26 caractères, comme dans « ref=01J... »`,
      })
    for (const stored of journal.byRef(ref)) if (fits(stored, filter, persons)) yield stored
  } else if (persons === undefined) yield* journal.entries(filter)
  else for (const toKey of persons) yield* journal.entries({ ...filter, toKey })
}

function fits({ entry }: StoredEntry, filter: EntryFilter, persons: readonly string[] | undefined): boolean {
  if (entry.kind !== 'decision' || entry.at < (filter.from ?? 0)) return false
  if (persons !== undefined && !persons.includes(entry.toKey)) return false
  const { rule = entry.rule, advertiser = entry.advertiser, router = entry.router, verdict = entry.verdict } = filter
  return entry.rule === rule && entry.advertiser === advertiser && entry.router === router && entry.verdict === verdict
}

function outcomeOf(journal: JournalReader, { ref, rcpt }: DecisionEntry): OutcomeEntry['status'] | undefined {
  const outcome = journal.byRef(ref).find(({ entry }) => entry.kind === 'outcome' && entry.rcpt === rcpt)?.entry
  return outcome?.kind === 'outcome' ? outcome.status : undefined
}

/** What the person is called in the journal, under every key of the key file. */
function keysOf({ runtime }: Configuration, text: string): string[] {
  const address = readAddress(text)
  if (address === undefined)
    throw new CommandError(EXIT.undecided, {
      en: `"${text}" is no e-mail address`,
      fr: `« ${text} » n’est pas une adresse électronique`,
    })
  try {
    const keys = subjects(keyFile(runtime.storage.keyFile)).identify(address)
    return [keys, ...(keys.earlier ?? [])].map(({ consentKey }) => consentKey)
  } catch (cause) {
    throw asCommandError(cause)
  }
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90m`, `12h`, `7d` before now, or a day or moment. */
function sinceOf(text: string | undefined, now: number): { readonly from?: number } {
  const match = /^(\d{1,6})([mhd])$/.exec(text ?? '')
  if (match) return { from: now - Number(match[1]) * UNITS[match[2]!]! }
  try {
    return momentOf('from', text, '--since')
  } catch {
    throw new CommandError(EXIT.undecided, {
      en: `--since: expected a time such as 90m, 12h or 7d, or a day or moment such as 2026-01-05 or 2026-01-05T09:00:00Z, not "${text}"`,
      fr: `--since : il faut une durée telle que 90m, 12h ou 7d, ou un jour ou un moment tel que 2026-01-05 ou 2026-01-05T09:00:00Z, pas « ${text} »`,
    })
  }
}
