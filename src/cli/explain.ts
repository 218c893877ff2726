/** `aval explain`: one decision in full sentences, with the law, the facts and the record it rests on. */
import type { Configuration } from '../config/configuration.js'
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import { isReference } from '../domain/reference.js'
import { reasonsIn } from '../evidence/in-force.js'
import type { Today } from '../evidence/opposed.js'
import { actStory, type Paragraph, type StoryFacts, storyOf } from '../evidence/story.js'
import type { JournalReader, StoredEntry } from '../journal/reader.js'
import { JournalUnavailableError } from '../journal/journal-error.js'
import { openSentMessages } from '../journal/sent-messages.js'
import { keyFile } from '../registry/key-source.js'
import { openEvidenceReader, statementOf } from '../registry/records/record-evidence.js'
import { RegistryUnavailableError } from '../registry/registry-unavailable.js'
import { openRegistry } from '../registry/sqlite-registry.js'
import { covers } from '../domain/objection.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { readJournal } from './journal-commands.js'
import { configurationOf } from './site.js'
import { styled, type Terminal } from './terminal.js'

interface Found {
  readonly entries: readonly StoredEntry[]
  readonly checkpoints: ReturnType<JournalReader['checkpoints']>
  /** Why settings were looser than their default, by the digest of the configuration. */
  readonly reasons: ReadonlyMap<string, StoryFacts['reasons']>
}

/** @returns 1 when the journal has no such reference */
export async function explain(
  context: CommandContext,
  ref: string,
  options: { readonly config: string | undefined; readonly json: boolean },
): Promise<ExitCode> {
  if (!isReference(ref))
    throw new CommandError(EXIT.undecided, {
      en: `"${ref}" is not a reference: it has 26 characters, as in "ref=01J..."`,
      fr: `« ${ref} » n’est pas une référence : elle a 26 caractères, comme dans « ref=01J... »`,
    })
  const configuration = configurationOf(context, options.config)
  const { terminal } = context
  const found = readJournal(configuration.runtime.journal, (journal) => {
    const entries = journal.byRef(ref)
    const digests = entries.flatMap(({ entry }) => (entry.kind === 'decision' ? [entry.configSha256] : []))
    return {
      entries,
      checkpoints: journal.checkpoints(),
      reasons: new Map(digests.map((sha256) => [sha256, reasonsIn(journal.configuration(sha256))])),
    }
  })
  if (options.json) for (const entry of found.entries) terminal.printJson(entry)
  else if (found.entries.length === 0)
    terminal.print(terminal.say({ en: `The journal has no ${ref}.`, fr: `Le journal n’a pas de ${ref}.` }))
  else await tell(terminal, configuration, found)
  return found.entries.length === 0 ? EXIT.no : EXIT.done
}

async function tell(
  terminal: Terminal,
  configuration: Configuration,
  { entries, checkpoints, reasons }: Found,
): Promise<void> {
  for (const [i, stored] of entries.filter(({ entry }) => entry.kind === 'decision').entries()) {
    if (i > 0) terminal.print('')
    const decision = stored.entry as DecisionEntry
    const story = storyOf(
      {
        decision,
        outcomes: entries.flatMap(({ entry }) => (isOutcomeOf(entry, decision) ? [entry] : [])),
        site: configuration.site,
        reasons: reasons.get(decision.configSha256) ?? new Map(),
        record: recordOf(configuration, decision, terminal),
        today: await todayOf(configuration, decision),
        entry: stored,
        checkpoint: checkpoints.find(({ size }) => size >= stored.seq),
      },
      terminal.language,
    )
    for (const paragraph of story) terminal.print(printed(terminal, paragraph, decision.verdict))
  }
  for (const stored of entries) {
    const { entry } = stored
    if (entry.kind !== 'certificate' && entry.kind !== 'erasure') continue
    const checkpoint = checkpoints.find(({ size }) => size >= stored.seq)
    const told = actStory(entry, { entry: stored, checkpoint, site: configuration.site }, terminal.language)
    for (const paragraph of told) terminal.print(printed(terminal, paragraph, 'permit'))
  }
}

function printed(terminal: Terminal, { style, text }: Paragraph, verdict: DecisionEntry['verdict']): string {
  if (style === 'detail') return `    ${text}`
  if (style === 'plain') return `  ${text}`
  return styled(terminal, verdict === 'permit' ? 'good' : verdict === 'refuse' ? 'bad' : 'doubt', text)
}

/** What the record says; a registry that cannot be read takes nothing from the story but that. */
function recordOf(
  { runtime: { storage } }: Configuration,
  { recordId, recordVersion, advertiser, toKey }: DecisionEntry,
  terminal: Terminal,
): StoryFacts['record'] {
  if (recordId === '' || toKey === '') return 'gone'
  try {
    const registry = openEvidenceReader(storage.path, keyFile(storage.keyFile))
    try {
      const record = registry.version(toKey, advertiser, recordId, recordVersion)
      return (record && statementOf(record)) ?? 'gone'
    } finally {
      registry.close()
    }
  } catch (cause) {
    if (!(cause instanceof RegistryUnavailableError)) throw cause
    terminal.tell(cause.words === undefined ? cause.message : terminal.say(cause.words))
    return 'unread'
  }
}

/** Whoever reads of a message that was permitted has to know that the person has said no since. */
async function todayOf(
  { runtime: { storage, journal }, site }: Configuration,
  { ref, toKey, toKeyId, advertiser, router, campaign }: DecisionEntry,
): Promise<Today | undefined> {
  if (toKey === '' || advertiser === '') return undefined
  const sent = openSentMessages(journal.path, journal.segments.keyFile)
  const keys = keyFile(storage.keyFile)
  const registry = openRegistry({ path: storage.path, keys })
  try {
    const addressee = (await sent.byReference(ref)).find((message) => message.toKey === toKey)
    const { records, objections } = await registry.lookup({
      subject: () => ({ keyId: toKeyId, consentKey: toKey, objectionKey: addressee?.toObjectionKey ?? '' }),
      advertiserId: advertiser,
      underTheseKeysOnly: true,
    })
    const list = site.campaigns.get(campaign)?.list
    return {
      objections: objections.filter((objection) => covers(objection, advertiser, router, 'email', list)),
      records: records.map(({ record }) => record),
      isWhole: addressee !== undefined && keys.keys().every(({ keyId }) => keyId === toKeyId),
    }
  } catch (cause) {
    if (!(cause instanceof RegistryUnavailableError || cause instanceof JournalUnavailableError)) throw cause
    return undefined
  } finally {
    registry.close()
    sent.close()
  }
}

function isOutcomeOf(entry: StoredEntry['entry'], decision: DecisionEntry): entry is OutcomeEntry {
  return entry.kind === 'outcome' && entry.rcpt === decision.rcpt
}
