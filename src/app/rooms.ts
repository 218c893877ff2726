/**
 * What stays open as long as the relay runs, whoever is connected: registry, journal, spool, parser, the way out. Opened before
 * the first client comes in, closed after the last has left.
 */
import { availableParallelism } from 'node:os'
import type { Configuration } from '../config/configuration.js'
import { type DecisionSearcher, openDecisionSearch } from '../journal/decision-search.js'
import { type History, openHistory } from '../journal/history.js'
import { type Journal, openJournal } from '../journal/journal.js'
import { type SentMessages, openSentMessages } from '../journal/sent-messages.js'
import { assertSigningKey } from '../journal/tree/signing-key.js'
import { type MessageReader, createMessageReader } from '../message/reader.js'
import { type Spooler, createSpooler } from '../message/spool.js'
import { type KeySource, keyFile } from '../registry/key-source.js'
import { type RegistryIntake, openRegistryIntake } from '../registry/writer/registry-intake.js'
import { type SqliteRegistry, openRegistry } from '../registry/sqlite-registry.js'
import { readKeyFile, unsubscribeSecrets } from '../storage/key-file.js'
import { createJournalEvents } from '../telemetry/journal-events.js'
import { type LagMeter, measureLag } from '../telemetry/lag.js'
import type { Logger } from '../telemetry/logger.js'
import { type Metrics, createMetrics } from '../telemetry/metrics.js'
import { type ObjectionEvents, createObjectionEvents } from '../telemetry/objection-events.js'
import { renewedTokenKeys, type TokenKeys, tokenKeys } from '../unsubscribe/hosted/token.js'
import type { Upstream } from '../upstream/upstream.js'
import { VERSION } from '../version.js'
import { type WayOut, openWayOut } from './upstream.js'

export interface Rooms {
  /** The keys people are called by: one source, so that everybody learns of a new key at once. */
  readonly people: KeySource
  readonly metrics: Metrics
  readonly journal: Journal
  readonly history: History
  readonly sent: SentMessages
  readonly decisions: DecisionSearcher
  readonly registry: SqliteRegistry
  /** What writes into the registry while the relay runs. */
  readonly intake: RegistryIntake
  readonly tokens: TokenKeys
  readonly objectionEvents: ObjectionEvents
  readonly reader: MessageReader
  readonly upstream: Upstream
  readonly renewUpstream: WayOut['renew']
  readonly spooler: Spooler
  readonly lag: LagMeter
}

/** @throws KeyFileError, SigningKeyError or JournalUnavailableError */
export async function openRooms({ runtime, secrets }: Configuration, logger: Logger): Promise<Rooms> {
  const metrics = createMetrics(VERSION, runtime.node)
  const keys = readKeyFile(runtime.storage.keyFile)
  assertSigningKey(runtime.journal.signingKeyFile)
  const people = keyFile(runtime.storage.keyFile)
  const spooler = createSpooler({
    directory: runtime.spool.directory,
    memoryLimit: runtime.spool.memory,
    maxBytesInFlight: runtime.limits.bytesInFlight,
    maxMessageBytes: runtime.limits.messageSize,
    patienceMs: runtime.limits.roomTimeout,
  })
  await spooler.prepare()
  const journal = await openJournal({
    path: runtime.journal.path,
    keys,
    keyFile: runtime.storage.keyFile,
    node: runtime.node,
    signing: {
      keyFile: runtime.journal.signingKeyFile,
      by: runtime.node,
      everyEntries: runtime.journal.checkpoint.entries,
      everyMs: runtime.journal.checkpoint.interval,
    },
    segments: { keyFile: runtime.journal.segments.keyFile, spanMs: runtime.journal.segments.span },
    events: createJournalEvents(logger, metrics),
  })
  const wayOut = openWayOut(runtime, secrets, logger, metrics)
  return {
    metrics,
    journal,
    history: openHistory(runtime.journal.path, runtime.journal.segments.keyFile),
    sent: openSentMessages(runtime.journal.path, runtime.journal.segments.keyFile),
    decisions: openDecisionSearch(runtime.journal.path, runtime.journal.segments.keyFile),
    spooler,
    lag: measureLag(),
    intake: openRegistryIntake({ path: runtime.storage.path, keyFile: runtime.storage.keyFile }),
    tokens: renewedTokenKeys(
      () => people.keys(),
      (current) => tokenKeys(unsubscribeSecrets(current)),
    ),
    objectionEvents: createObjectionEvents(logger, metrics),
    people,
    registry: openRegistry({ path: runtime.storage.path, keys: people }),
    reader: createMessageReader({
      threads: runtime.parser.threads || threadsForThisMachine(),
      deadlineMs: runtime.parser.deadline,
      maxBytes: runtime.limits.messageSize,
      bounds: runtime.limits.structure,
    }),
    upstream: wayOut.upstream,
    renewUpstream: wayOut.renew,
  }
}

/** The thread that speaks SMTP and the one that writes the journal want the other half. */
function threadsForThisMachine(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2))
}

/** Clients have all been answered by now; what the upstream still says is for the journal only. */
const LAST_ANSWERS_MS = 2_000

export async function closeRooms(rooms: Rooms): Promise<void> {
  rooms.lag.stop()
  await rooms.upstream.close(LAST_ANSWERS_MS)
  await rooms.reader.close()
  rooms.history.close()
  rooms.sent.close()
  rooms.decisions.close()
  await rooms.journal.close()
  await rooms.intake.close()
  rooms.registry.close()
}
