/** A webhook of the advertiser's own, signed in the form of the Standard Webhooks specification (HMAC-SHA-256, time, id). */
import { createHmac } from 'node:crypto'
import type { Fetcher } from '../fetch/fetcher.js'
import { type Batch, type Receiver, ReceiverError, type ToldObjection } from './receiver.js'

export interface WebhookOptions {
  readonly fetcher: Fetcher
  readonly url: string
  /** `whsec_` and base64, or any other text as it stands. */
  readonly secret: string
  readonly now: () => number
}

export function createWebhook({ fetcher, url, secret, now }: WebhookOptions): Receiver {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
  return async ({ id, objections }: Batch) => {
    const body = JSON.stringify({ type: 'objections', data: { objections: objections.map(written) } })
    const timestamp = String(Math.floor(now() / 1000))
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
    const result = await fetcher.fetch(new URL(url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
    })
    if (result.kind === 'failure') throw new ReceiverError(`${result.fault} (${result.detail})`)
    if (result.status < 200 || result.status > 299) throw new ReceiverError(`answered ${result.status}`)
  }
}

function written({ kind, objectionKey, keyId, objection }: ToldObjection) {
  const { id, of = 'person', scope, channel, reason, at } = objection
  return {
    event: kind === 'recorded' ? 'objection.recorded' : 'objection.retracted',
    objection: id,
    key: objectionKey,
    key_id: keyId,
    of,
    scope: scope.kind,
    ...('advertiserId' in scope && { advertiser: scope.advertiserId }),
    ...('routerId' in scope && { router: scope.routerId }),
    ...('list' in scope && { list: scope.list }),
    channel,
    reason,
    at: new Date(at).toISOString(),
  }
}
