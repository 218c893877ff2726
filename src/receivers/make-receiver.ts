/** A receiver as the configuration names it. */
import type { PushKind } from '../domain/objection-ways.js'
import type { Fetcher } from '../fetch/fetcher.js'
import { createListmonk } from './listmonk.js'
import { createMautic } from './mautic.js'
import { createPhplist } from './phplist.js'
import type { KeysOf, Receiver } from './receiver.js'
import { createWebhook } from './webhook.js'

export interface ReceiverSettings {
  readonly kind: PushKind
  readonly url: string
  readonly username: string | undefined
  readonly secret: string
  readonly lists: ReadonlyMap<string, string>
}

export function makeReceiver(
  settings: ReceiverSettings,
  fetcher: Fetcher,
  keysOf: KeysOf,
  now: () => number,
): Receiver {
  const { kind, url, username = '', secret, lists } = settings
  switch (kind) {
    case 'webhook':
      return createWebhook({ fetcher, url, secret, now })
    case 'listmonk':
      return createListmonk({ fetcher, url, username, secret, lists }, keysOf)
    case 'mautic':
      return createMautic({ fetcher, url, username, secret, lists }, keysOf)
    case 'phplist':
      return createPhplist({ fetcher, url, username, secret, lists }, keysOf)
  }
}
