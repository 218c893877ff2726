/**
 * phpList, through its REST API 2 (github.com/phpList/rest-api): whoever objected to everything is blacklisted, whoever left
 * one list is taken off it. A session is opened for each batch; its key goes into the header `php-auth-pw`.
 */
import { type JsonApi, createJsonApi } from './json-api.js'
import { type KeysOf, type Receiver, ReceiverError } from './receiver.js'
import { type Subscriber, actedOn, listLeft, subscribersWhoObjected } from './subscribers.js'
import type { ToolOptions } from './tool.js'

/** The largest page it gives. */
const PAGE = 100

interface Page {
  readonly items?: readonly { readonly id: number; readonly email?: string }[]
}

export function createPhplist({ fetcher, url, username, secret, lists }: ToolOptions, keysOf: KeysOf): Receiver {
  return async ({ objections }) => {
    const standing = actedOn(objections, lists)
    if (standing.length === 0) return
    const api = await openSession({ fetcher, url, username, secret, lists })
    const done = new Set<string>()
    for (const { told, subscriber } of await subscribersWhoObjected(pages(api), standing, keysOf)) {
      const { address: email, id } = subscriber
      const list = listLeft(told, lists)
      // A member of several lists is met in each of them.
      const act = `${told.objection.id} ${id.subscriber}`
      if (list === undefined ? done.has(act) : list !== String(id.list)) continue
      done.add(act)
      if (list === undefined)
        await api.ask('POST', '/api/v2/blacklist/add', { email, reason: `objection ${told.objection.id}` })
      else await api.ask('DELETE', `/api/v2/lists/${encodeURIComponent(list)}/subscribers?${emails(email)}`)
    }
  }
}

async function openSession({ fetcher, url, username, secret }: ToolOptions): Promise<JsonApi> {
  const login = createJsonApi(fetcher, url, () => ({}))
  const session = await login.ask('POST', '/api/v2/sessions', { login_name: username, password: secret })
  const { key } = (session ?? {}) as { key?: unknown }
  if (typeof key !== 'string') throw new ReceiverError('POST /api/v2/sessions: no key in the answer')
  return createJsonApi(fetcher, url, () => ({ 'php-auth-pw': key }))
}

/** A member of one list. */
interface Member {
  readonly subscriber: number
  readonly list: number
}

/** It lists the members of a list, and not all subscribers: whoever is on no list is sent nothing. */
async function* pages(api: JsonApi): AsyncGenerator<readonly Subscriber<Member>[]> {
  for await (const lists of listing(api, '/api/v2/lists')) {
    for (const { id: list } of lists) {
      for await (const members of listing(api, `/api/v2/lists/${list}/subscribers`))
        yield members.flatMap(({ id, email }) =>
          email === undefined ? [] : [{ id: { subscriber: id, list }, address: email }],
        )
    }
  }
}

async function* listing(api: JsonApi, path: string): AsyncGenerator<NonNullable<Page['items']>> {
  for (let after = 0; ;) {
    const { items } = ((await api.ask('GET', `${path}?after_id=${after}&limit=${PAGE}`)) ?? {}) as Page
    if (!Array.isArray(items)) throw new ReceiverError(`GET ${path}: no items in the answer`)
    yield items
    const last = items.at(-1)
    if (last === undefined || items.length < PAGE || last.id <= after) return
    after = last.id
  }
}

function emails(email: string): string {
  return new URLSearchParams({ 'emails[]': email }).toString()
}
