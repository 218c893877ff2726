/**
 * Mautic (https://devdocs.mautic.org, "Contacts"): whoever objected to everything gets a do-not-contact entry for e-mail,
 * whoever left one list is taken out of the segment of that number. Basic authentication must be switched on for its API.
 */
import { type JsonApi, basicAuth, createJsonApi } from './json-api.js'
import { type KeysOf, type Receiver, ReceiverError } from './receiver.js'
import { type Subscriber, actedOn, listLeft, subscribersWhoObjected } from './subscribers.js'
import type { ToolOptions } from './tool.js'

const PAGE = 500
/** `DoNotContact::UNSUBSCRIBED`. */
const UNSUBSCRIBED = 1

interface Contact {
  readonly id: number
  readonly fields?: { readonly all?: { readonly email?: string | null } }
}

export function createMautic({ fetcher, url, username, secret, lists }: ToolOptions, keysOf: KeysOf): Receiver {
  const api = createJsonApi(fetcher, url, () => ({ authorization: basicAuth(username, secret) }))
  return async ({ objections }) => {
    const standing = actedOn(objections, lists)
    if (standing.length === 0) return
    for (const { told, subscriber } of await subscribersWhoObjected(pages(api), standing, keysOf)) {
      const segment = listLeft(told, lists)
      if (segment === undefined)
        await api.ask('POST', `/api/contacts/${subscriber.id}/dnc/email/add`, {
          reason: UNSUBSCRIBED,
          comments: `objection ${told.objection.id}`,
        })
      else await api.ask('POST', `/api/segments/${encodeURIComponent(segment)}/contact/${subscriber.id}/remove`)
    }
  }
}

async function* pages(api: JsonApi): AsyncGenerator<readonly Subscriber<number>[]> {
  for (let start = 0; ; start += PAGE) {
    const path = `/api/contacts?start=${start}&limit=${PAGE}&orderBy=id&orderByDir=asc&minimal=1`
    const { contacts } = ((await api.ask('GET', path)) ?? {}) as { contacts?: Readonly<Record<string, Contact>> }
    if (typeof contacts !== 'object') throw new ReceiverError('GET /api/contacts: no contacts in the answer')
    const page = Object.values(contacts)
    yield page.flatMap(({ id, fields }) => {
      const address = fields?.all?.email
      return typeof address === 'string' && address !== '' ? [{ id, address }] : []
    })
    if (page.length < PAGE) return
  }
}
