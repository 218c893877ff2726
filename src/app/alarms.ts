/**
 * What the relay does about an alarm beside telling it: a breach is opened in the register for those that may be one, so that
 * the 72 hours run from now whoever reads the log (GDPR art. 33(1)).
 */
import { randomFillSync } from 'node:crypto'
import type { Runtime } from '../config/configuration.js'
import type { Alarm, AlarmKind } from '../domain/alarm.js'
import { type CertificateEntry, ENTRY_SCHEMA } from '../domain/journal-entry.js'
import type { Site } from '../domain/party.js'
import { makeReference, type Reference } from '../domain/reference.js'
import { type Alarms, createAlarms } from '../relay/alarms.js'
import { createAlarmEvents } from '../telemetry/alarm-events.js'
import type { Logger } from '../telemetry/logger.js'
import type { Rooms } from './rooms.js'
import { ALARM_WORDS } from '../words/decision-words.js'
import { factsIn } from '../words/fact-words.js'
import { type Bilingual, type Language, listed, said, SEMICOLON, wordFor } from '../words/language.js'

const MAY_BE_A_BREACH: ReadonlySet<AlarmKind> = new Set(['records_tampered', 'canary_hit', 'recipients_disclosed'])

export async function startAlarms({ node }: Runtime, site: () => Site, rooms: Rooms, logger: Logger): Promise<Alarms> {
  const events = createAlarmEvents(logger, rooms.metrics)

  async function openBreach(alarm: Alarm): Promise<void> {
    const { id, awareAt, notifyDueAt } = await rooms.intake.ask('openBreach', factsOf(alarm), alarm.at, node)
    const entry: CertificateEntry = {
      kind: 'certificate',
      schema: ENTRY_SCHEMA,
      ref: makeReference(alarm.at, randomFillSync(Buffer.alloc(10))),
      rcpt: 0,
      at: alarm.at,
      advertiser: alarm.advertisers.length === 1 ? alarm.advertisers[0]! : '',
      by: node,
      certifies: 'breach',
      facts: { id, aware: iso(awareAt), notify_due: iso(notifyDueAt) },
    }
    await rooms.journal.append([entry])
    events.breachOpened(id, notifyDueAt)
  }

  return createAlarms({
    policy: () => site().policy.incidents,
    now: Date.now,
    monotonic: () => performance.now(),
    lastKnown: await rooms.history.lastWrittenAt().catch(() => undefined),
    raised(alarm) {
      events.raised(alarm)
      if (MAY_BE_A_BREACH.has(alarm.kind)) openBreach(alarm).catch((error: unknown) => events.failed(error))
    },
  })
}

/** Each to the credential the message was sent with; those about messages the journal does not know count for nobody. */
export async function countComplaints(
  about: readonly Reference[],
  { history, metrics, objectionEvents }: Rooms,
  alarms: Alarms,
): Promise<void> {
  try {
    for (const ref of about) {
      const credential = await history.credentialOf(ref)
      if (credential === undefined || credential === '') continue
      if (alarms.complained(credential, ref)) metrics.complaints.inc({ credential })
    }
  } catch (error) {
    objectionEvents.failed('intake', error)
  }
}

/** For the register, which people of either language read and complete. */
function factsOf(alarm: Alarm): string {
  return (['fr', 'en'] as const).map((language) => factsSaid(language, alarm)).join(' / ')
}

function factsSaid(language: Language, { kind, credential, advertisers, facts }: Alarm): string {
  const known = { ...(credential !== undefined && { credential }), advertisers, ...facts }
  const what = listed([wordFor(language, ALARM_WORDS, kind), factsIn(language, known)], SEMICOLON[language])
  return `${what} (${said(language, BY_RELAY)})`
}

const BY_RELAY: Bilingual = {
  fr: 'inscrit par le relais : à compléter, ou à clore si ce n’en est pas une',
  en: 'opened by the relay: complete it, or close it where it is none',
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
