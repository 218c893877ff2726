/**
 * listmonk (https://listmonk.app/docs/apis/subscribers/): whoever objected to everything is put on its blocklist, whoever left
 * one list is unsubscribed from it.
 */
import { type JsonApi, basicAuth, createJsonApi } from './json-api.js'
import { type KeysOf, type Receiver, ReceiverError } from './receiver.js'
import type { ToolOptions } from './tool.js'
import { type Subscriber, actedOn, listLeft, subscribersWhoObjected } from './subscribers.js'

const PAGE = 1_000

interface Answer {
  readonly data?: { readonly results?: readonly { readonly id: number; readonly email: string }[] }
}

export function createListmonk({ fetcher, url, username, secret, lists }: ToolOptions, keysOf: KeysOf): Receiver {
  const api = createJsonApi(fetcher, url, () => ({ authorization: basicAuth(username, secret) }))
  return async ({ objections }) => {
    const standing = actedOn(objections, lists)
    if (standing.length === 0) return
    const found = await subscribersWhoObjected(pages(api), standing, keysOf)
    const everything = found
      .filter(({ told }) => listLeft(told, lists) === undefined)
      .map(({ subscriber }) => subscriber.id)
    if (everything.length > 0) await api.ask('PUT', '/api/subscribers/blocklist', { ids: everything })
    for (const list of new Set(found.flatMap(({ told }) => listLeft(told, lists) ?? []))) {
      const ids = found.filter(({ told }) => listLeft(told, lists) === list).map(({ subscriber }) => subscriber.id)
      await api.ask('PUT', '/api/subscribers/lists', { ids, action: 'unsubscribe', target_list_ids: [Number(list)] })
    }
  }
}

async function* pages(api: JsonApi): AsyncGenerator<readonly Subscriber<number>[]> {
  for (let page = 1; ; page++) {
    const path = `/api/subscribers?page=${page}&per_page=${PAGE}&order_by=id&order=asc`
    const results = ((await api.ask('GET', path)) as Answer | undefined)?.data?.results
    if (!Array.isArray(results)) throw new ReceiverError('GET /api/subscribers: no results in the answer')
    yield results.map(({ id, email }) => ({ id, address: email }))
    if (results.length < PAGE) return
  }
}
