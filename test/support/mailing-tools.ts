/**
 * Small stand-ins for the APIs of mailing tools, as their documentation and their source say they answer: what Aval asks of
 * them, with the sizes, forms and refusals it may meet.
 */
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeTool {
  readonly url: string
  /** `METHOD path` of each request, in order. */
  readonly requests: string[]
  /** Who no longer gets anything. */
  readonly blocked: Set<string>
  /** `LIST address` of whoever left one list. */
  readonly left: Set<string>
  /** Addresses deleted in the tool since it was made. */
  readonly gone: Set<string>
  /** Who is left, in order, each under the number it always had. */
  present(addresses: readonly string[]): readonly { readonly id: number; readonly address: string }[]
  /** Called before each request is answered. */
  onRequest: ((request: string) => void) | undefined
  /** While set, everything is answered with this status. */
  failing: number | undefined
  close(): Promise<void>
}

interface Call {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
  readonly headers: IncomingMessage['headers']
}

type Handler = (call: Call, tool: FakeTool) => { readonly status: number; readonly body?: unknown } | undefined

async function serve(handle: Handler): Promise<FakeTool> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url!, 'http://tool.test')
      tool.requests.push(`${request.method} ${url.pathname}`)
      tool.onRequest?.(request.url!)
      const text = Buffer.concat(chunks).toString()
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
      const call = {
        method: request.method!,
        path: url.pathname,
        query: url.searchParams,
        body,
        headers: request.headers,
      }
      const answer = tool.failing === undefined ? (handle(call, tool) ?? { status: 404 }) : { status: tool.failing }
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(answer.body === undefined ? '' : JSON.stringify(answer.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const tool: FakeTool = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    blocked: new Set(),
    left: new Set(),
    gone: new Set(),
    present: (addresses) =>
      addresses.flatMap((address, index) => (tool.gone.has(address) ? [] : [{ id: index + 1, address }])),
    onRequest: undefined,
    failing: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return tool
}

const BASIC = `Basic ${Buffer.from('aval:s3cret').toString('base64')}`

/** Lists the user of the API may not manage. */
const FOREIGN_LIST = 99

/**
 * https://listmonk.app/docs/apis/subscribers/, and the handlers of listmonk 4 to 6: pages of 50 at most, results that are null
 * behind the last one, a list without permission refused.
 */
export function startListmonk(addresses: readonly string[]): Promise<FakeTool> {
  return serve(({ method, path, query, body, headers }, tool) => {
    if (headers.authorization !== BASIC) return { status: 403, body: { message: 'invalid API credentials' } }
    const ids = (body['ids'] ?? []) as number[]
    switch (`${method} ${path}`) {
      case 'GET /api/subscribers': {
        const size = Math.min(Number(query.get('per_page')) || 20, 50)
        const page = Math.max(Number(query.get('page')) || 1, 1)
        const everybody = tool
          .present(addresses)
          .map(({ id, address }) => ({ id, email: address, status: 'enabled', lists: [] }))
        if (query.get('order') !== 'asc') everybody.reverse()
        const results = everybody.slice((page - 1) * size, page * size)
        const data = { results: results.length === 0 ? null : results, total: everybody.length, per_page: size, page }
        return { status: 200, body: { data } }
      }
      case 'PUT /api/subscribers/blocklist':
        if (ids.length === 0) return { status: 400, body: { message: 'Error parsing IDs' } }
        for (const id of ids) tool.blocked.add(addresses[id - 1]!)
        return { status: 200, body: { data: true } }
      case 'PUT /api/subscribers/lists': {
        const lists = (body['target_list_ids'] ?? []) as number[]
        if (ids.length === 0 || lists.length === 0 || body['action'] !== 'unsubscribe') return { status: 400 }
        if (lists.includes(FOREIGN_LIST)) return { status: 403, body: { message: 'Permission denied: lists' } }
        for (const id of ids) for (const list of lists) tool.left.add(`${list} ${addresses[id - 1]}`)
        return { status: 200, body: { data: true } }
      }
      default:
        return undefined
    }
  })
}

/**
 * Mautic's REST API (LeadApiController, ListApiController of Mautic 5 to 7): contacts by id, a list where there are none; do not
 * contact; segments.
 */
export function startMautic(addresses: readonly string[]): Promise<FakeTool> {
  return serve(({ method, path, query, body, headers }, tool) => {
    if (headers.authorization !== BASIC) return { status: 401, body: { errors: [{ code: 401 }] } }
    if (method === 'GET' && path === '/api/contacts') {
      if (query.get('orderBy') !== 'id' || query.get('orderByDir') !== 'asc') return { status: 400 }
      const start = Number(query.get('start'))
      const everybody = tool.present(addresses)
      const page = everybody
        .slice(start, start + Number(query.get('limit') ?? 30))
        .map(({ id, address }) => ({ id, points: 0, fields: { all: { id, email: address, firstname: null } } }))
      const contacts = page.length === 0 ? [] : Object.fromEntries(page.map((contact) => [contact.id, contact]))
      return { status: 200, body: { total: String(everybody.length), contacts } }
    }
    const [, dnc] = /^\/api\/contacts\/(\d+)\/dnc\/email\/add$/.exec(path) ?? []
    if (method === 'POST' && dnc !== undefined) {
      if (!Number.isInteger(body['reason']) || body['reason'] === 0) return { status: 400 }
      const address = addresses[Number(dnc) - 1]
      if (address === undefined) return { status: 404, body: { errors: [{ code: 404 }] } }
      // 2 is a bounce, 3 was entered by hand: neither is what the person did.
      if (body['reason'] === 1) tool.blocked.add(address)
      return { status: 200, body: { contact: { id: Number(dnc) } } }
    }
    const [, segment, member] = /^\/api\/segments\/(\d+)\/contact\/(\d+)\/remove$/.exec(path) ?? []
    if (method !== 'POST' || member === undefined) return undefined
    if (Number(segment) === FOREIGN_LIST) return { status: 403, body: { errors: [{ code: 403 }] } }
    tool.left.add(`${segment} ${addresses[Number(member) - 1]}`)
    return { status: 200, body: { success: 1 } }
  })
}

/**
 * phpList's REST API 2 (github.com/phpList/rest-api): a session, lists and their members a hundred at a time, the blacklist. A
 * list that belongs to another administrator is refused.
 */
export function startPhplist(lists: Readonly<Record<number, readonly string[]>>): Promise<FakeTool> {
  const everybody = [...new Set(Object.values(lists).flat())]
  const page = (items: readonly { readonly id: number }[], query: URLSearchParams) => {
    const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 25)))
    const found = items.filter(({ id }) => id > Number(query.get('after_id') ?? 0)).slice(0, limit)
    const pagination = {
      total: items.length,
      limit,
      has_more: found.length === limit,
      next_cursor: found.at(-1)?.id ?? null,
    }
    return { status: 200, body: { items: found, pagination } }
  }
  return serve(({ method, path, query, body, headers }, tool) => {
    if (method === 'POST' && path === '/api/v2/sessions')
      return body['login_name'] === 'aval' && body['password'] === 's3cret'
        ? { status: 201, body: { id: 1, key: 'session-key', expiry: '2026-11-26T12:00:00+00:00' } }
        : { status: 401, body: { message: 'Not authorized' } }
    if (headers['php-auth-pw'] !== 'session-key')
      return { status: 403, body: { message: 'No valid session key was provided as basic auth password.' } }
    if (method === 'GET' && path === '/api/v2/lists')
      return page(
        Object.keys(lists).map((id) => ({ id: Number(id), name: 'list', public: true })),
        query,
      )
    const [, list] = /^\/api\/v2\/lists\/(\d+)\/subscribers$/.exec(path) ?? []
    if (list !== undefined && lists[Number(list)] === undefined)
      return { status: 404, body: { message: 'Subscriber list not found.' } }
    const members = (list === undefined ? [] : lists[Number(list)]!).filter((email) => !tool.gone.has(email))
    if (method === 'GET' && list !== undefined)
      return page(
        members
          .map((email) => ({ id: everybody.indexOf(email) + 1, email, confirmed: true, blacklisted: false }))
          .toSorted((a, b) => a.id - b.id),
        query,
      )
    if (method === 'DELETE' && list !== undefined) {
      const emails = query.getAll('emails[]')
      if (emails.length === 0) return { status: 422 }
      if (Number(list) === FOREIGN_LIST) return { status: 403, body: { message: 'Access denied.' } }
      // Older versions say so where somebody is not on the list.
      if (emails.some((email) => !members.includes(email))) return { status: 404 }
      for (const email of emails) tool.left.add(`${list} ${email}`)
      return { status: 204 }
    }
    if (method !== 'POST' || path !== '/api/v2/blacklist/add') return undefined
    if (!/^[^@\s]+@[^@\s]+$/.test(String(body['email']))) return { status: 422 }
    tool.blocked.add(String(body['email']))
    return { status: 201, body: { email: body['email'], added: '2026-11-26T10:00:00+00:00', reason: body['reason'] } }
  })
}
