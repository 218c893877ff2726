/** What happens to the journal, as log lines. */
import type { AnchorEvents } from '../journal/anchor/anchorer.js'
import type { JournalEvents } from '../journal/journal.js'
import type { Logger } from './logger.js'
import type { Metrics } from './metrics.js'

export function createJournalEvents(logger: Logger, metrics: Metrics): JournalEvents {
  const log = logger.child({ subsystem: 'journal' })
  return {
    unavailable(error) {
      metrics.errors.inc({ component: 'journal' })
      log.error(
        { event: 'journal_unavailable', cause: error.message },
        'every message is answered 451 until it is back',
      )
    },
    available() {
      log.info({ event: 'journal_available' })
    },
    unsealed(message) {
      log.error({ event: 'journal_unsigned', cause: message }, 'entries are written, and no checkpoint is over them')
    },
    settled(decisions) {
      log.warn(
        { event: 'journal_settled', decisions },
        'decisions of an earlier run whose outcome nobody knows were closed as unknown: compare with the log of the upstream',
      )
    },
  }
}

export function createAnchorEvents(logger: Logger): AnchorEvents {
  const log = logger.child({ subsystem: 'journal' })
  return {
    anchored(name, size) {
      log.info({ event: 'checkpoint_anchored', anchor: name, entries: size })
    },
    failed(name, cause) {
      log.warn({ event: 'anchor_failed', anchor: name, cause }, 'it is tried again; mail goes on')
    },
  }
}
