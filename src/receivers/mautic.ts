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

interface Page {
  /** By id; a list where there are none. */
  readonly contacts: Readonly<Record<string, Contact>> | readonly Contact[]
  readonly total: number
}

/** From the last to the first: whoever moves up while others are deleted is met on a page that is still to come. */
async function* pages(api: JsonApi): AsyncGenerator<readonly Subscriber<number>[]> {
  const { total } = await pageFrom(api, 0, 1)
  for (let page = Math.ceil(total / PAGE) - 1; page >= 0; page--) {
    const { contacts } = await pageFrom(api, page * PAGE, PAGE)
    yield (Object.values(contacts) as readonly Contact[]).flatMap(({ id, fields }) => {
      const address = fields?.all?.email
      return typeof address === 'string' && address !== '' ? [{ id, address }] : []
    })
  }
}

async function pageFrom(api: JsonApi, start: number, limit: number): Promise<Page> {
  const path = `/api/contacts?start=${start}&limit=${limit}&orderBy=id&orderByDir=asc&minimal=1`
  const { contacts, total } = ((await api.ask('GET', path)) ?? {}) as Partial<Page>
  // The total comes as a number or as its digits.
  if (typeof contacts !== 'object' || !Number.isInteger(Number(total)))
    throw new ReceiverError('GET /api/contacts: no contacts in the answer')
  return { contacts, total: Number(total) }
}
