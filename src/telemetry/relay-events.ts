/** What happens in the relay, as log lines and counters. */
import { maskAddress } from '../domain/address.js'
import type { DecisionEntry, OutcomeEntry } from '../domain/journal-entry.js'
import type { EventContext, RelayEvents } from '../relay/ports.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'

export type AddressForm = 'masked' | 'hashed' | 'clear'

/** The sender chooses how long a Message-ID is, and every recipient has a line. */
const LONGEST_MESSAGE_ID = 250
const WITHHELD = '(holds an address)'

export function createRelayEvents(logger: Logger, metrics: Metrics, addresses: AddressForm): RelayEvents {
  const policy = logger.child({ subsystem: 'policy' })
  const relay = logger.child({ subsystem: 'relay' })

  function shown(entry: DecisionEntry, context: EventContext): string {
    if (addresses === 'hashed') return entry.toKey.slice(0, 16)
    const spelling = context.addresses.get(entry.rcpt) ?? ''
    return addresses === 'clear' || spelling === '' ? spelling : maskAddress(spelling)
  }

  return {
    decided(entries, context) {
      const messageId = addresses === 'clear' ? context.messageId : discreetMessageId(context)
      const said = { ...context, messageId: messageId?.slice(0, LONGEST_MESSAGE_ID) }
      for (const entry of entries) {
        policy[entry.verdict === 'permit' ? 'info' : 'warn'](decisionLine(entry, said, shown(entry, context)))
        count(metrics, entry, context)
      }
    },
    concluded(entries, context) {
      for (const entry of entries) {
        metrics.outcomes.inc({ status: entry.status })
        relay[entry.status === 'relayed' ? 'info' : 'warn'](outcomeLine(entry, context))
      }
    },
    failed(error, where, ref) {
      metrics.errors.inc({ component: where })
      relay.error({ event: 'failed', ref, component: where, cause: errorText(error) }, 'answered 4xx: our own trouble')
    },
    looping(hops, ref) {
      relay.warn({ event: 'message_looping', ref, hops }, 'answered 554: what leaves here comes back in')
    },
    controlKept(fields, ref) {
      relay.warn({ event: 'control_fields_kept', ref, fields }, 'taking them out would break the DKIM signature')
    },
    outcomeLost(error, entries) {
      metrics.outcomesLost.inc(entries.length)
      for (const { ref, rcpt, status, reply } of entries) {
        relay.fatal(
          { event: 'outcome_lost', ref, rcpt, status, reply, cause: errorText(error) },
          'the upstream answered and the journal could not keep it: keep this line',
        )
      }
    },
  }
}

/** A Message-ID may be made from the address it goes to (`<news-jean=client.example@acme.example>`): then it is not shown. */
function discreetMessageId({ messageId, addresses }: EventContext): string | undefined {
  const words = messageId?.toLowerCase().replaceAll('%40', '@').replaceAll('=', '@') ?? ''
  for (const spelling of addresses.values()) {
    if (words.includes(spelling.toLowerCase().replaceAll('=', '@'))) return WITHHELD
  }
  return messageId
}

function decisionLine(entry: DecisionEntry, context: EventContext, to: string) {
  return {
    event: 'decision',
    ref: entry.ref,
    rcpt: entry.rcpt,
    session: context.session,
    to,
    to_key: entry.toKey.slice(0, 16),
    verdict: entry.verdict,
    would: entry.would === entry.verdict ? undefined : entry.would,
    rule: entry.rule || undefined,
    rules: entry.findings
      .filter((finding) => finding.outcome === 'fail' || finding.outcome === 'unknown')
      .map((finding) => finding.rule),
    mode: entry.mode,
    stage: entry.stage,
    advertiser: entry.advertiser,
    router: entry.router,
    credential: entry.credential,
    class: entry.messageClass,
    campaign: entry.campaign || undefined,
    message_id: context.messageId,
    message_sha256: entry.messageSha256 || undefined,
    size: entry.messageSize || undefined,
    delay_ms: context.delayMs,
    reply: entry.reply || undefined,
  }
}

function outcomeLine(entry: OutcomeEntry, context: EventContext) {
  return {
    event: 'outcome',
    ref: entry.ref,
    rcpt: entry.rcpt,
    session: context.session,
    status: entry.status,
    upstream: entry.upstream || undefined,
    dsn: /^\d{3} (\d\.\d{1,3}\.\d{1,3})/.exec(entry.reply)?.[1],
    delay_ms: context.delayMs,
    reply: entry.reply || undefined,
  }
}

function count(metrics: Metrics, entry: DecisionEntry, context: EventContext): void {
  const { advertiser, router, messageClass, verdict, mode, rule } = entry
  metrics.recipients.inc({ advertiser, router, class: messageClass, verdict, mode })
  if (rule !== '') metrics.ruleHits.inc({ rule, mode })
  metrics.decisionSeconds.observe(context.delayMs / 1000)
  if (entry.messageSize > 0) metrics.messageBytes.observe(entry.messageSize)
}

export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
