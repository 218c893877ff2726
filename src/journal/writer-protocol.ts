/** What the journal and its writer thread say to each other: one message a batch each way, texts rather than objects. */
import type { Bilingual } from '../words/language.js'
import type { JournalFaultCode } from './journal-error.js'
import type { ConfigurationText } from './configurations.js'
import type { ChainPoint } from './entry-format.js'
import type { JournalFiles } from './journal-files.js'

/** A batch, one JSON text an entry; texts to keep; or the request to end. */
export type ToWriter = readonly string[] | { readonly keep: readonly ConfigurationText[] } | 'close'

export type FromWriter =
  | {
      readonly kind: 'ready'
      readonly journal: string
      readonly files: JournalFiles
      readonly head: ChainPoint
      readonly settled: number
    }
  | { readonly kind: 'committed'; readonly head: ChainPoint }
  /** A checkpoint is over everything before the head; or why there is none. */
  | { readonly kind: 'sealed'; readonly head: ChainPoint }
  | { readonly kind: 'unsealed'; readonly message: string }
  /** Nothing of the batch was written; the thread ends. */
  | { readonly kind: 'failed'; readonly code: JournalFaultCode; readonly told: string | Bilingual }
