/**
 * listmonk (https://listmonk.app/docs/apis/subscribers/): whoever objected to everything is put on its blocklist, whoever left
 * one list is unsubscribed from it.
 */
import { type JsonApi, basicAuth, createJsonApi } from './json-api.js'
import { type KeysOf, type Receiver, ReceiverError } from './receiver.js'
import type { ToolOptions } from './tool.js'
import { type Subscriber, actedOn, listLeft, subscribersWhoObjected } from './subscribers.js'

/** The largest page it gives, whatever is asked for. */
const PAGE = 50

interface Page {
  /** Null behind the last page. */
  readonly results: readonly { readonly id: number; readonly email: string }[] | null
  readonly total: number
  readonly per_page: number
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

/** From the last to the first: whoever moves up while others are deleted is met on a page that is still to come. */
async function* pages(api: JsonApi): AsyncGenerator<readonly Subscriber<number>[]> {
  const { total } = await pageOf(api, 1, 1)
  for (let page = Math.ceil(total / PAGE); page >= 1; page--) {
    const { results, per_page: size } = await pageOf(api, page, PAGE)
    if (size !== PAGE) throw new ReceiverError(`GET /api/subscribers: pages of ${size}, not of ${PAGE}`)
    yield (results ?? []).map(({ id, email }) => ({ id, address: email }))
  }
}

async function pageOf(api: JsonApi, page: number, size: number): Promise<Page> {
  const path = `/api/subscribers?page=${page}&per_page=${size}&order_by=id&order=asc`
  const { data } = ((await api.ask('GET', path)) ?? {}) as { data?: Partial<Page> }
  if (data?.results === undefined || typeof data.total !== 'number' || typeof data.per_page !== 'number')
    throw new ReceiverError('GET /api/subscribers: no results in the answer')
  return data as Page
}
