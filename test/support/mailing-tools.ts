/** Small stand-ins for the APIs of mailing tools, written from their documentation: what Aval asks of them, and no more. */
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

/** https://listmonk.app/docs/apis/subscribers/ */
export function startListmonk(addresses: readonly string[]): Promise<FakeTool> {
  return serve(({ method, path, query, body, headers }, tool) => {
    if (headers.authorization !== BASIC) return { status: 403, body: { message: 'invalid API credentials' } }
    const ids = (body['ids'] ?? []) as number[]
    switch (`${method} ${path}`) {
      case 'GET /api/subscribers': {
        const size = Number(query.get('per_page'))
        const from = (Number(query.get('page')) - 1) * size
        const results = addresses.map((email, index) => ({ id: index + 1, email })).slice(from, from + size)
        return { status: 200, body: { data: { results, total: addresses.length, per_page: size } } }
      }
      case 'PUT /api/subscribers/blocklist':
        for (const id of ids) tool.blocked.add(addresses[id - 1]!)
        return { status: 200, body: { data: true } }
      case 'PUT /api/subscribers/lists':
        if (body['action'] !== 'unsubscribe') return { status: 400 }
        for (const id of ids)
          for (const list of body['target_list_ids'] as number[]) tool.left.add(`${list} ${addresses[id - 1]}`)
        return { status: 200, body: { data: true } }
      default:
        return undefined
    }
  })
}

/** Mautic's REST API: contacts, do not contact, segments. */
export function startMautic(addresses: readonly string[]): Promise<FakeTool> {
  return serve(({ method, path, query, body, headers }, tool) => {
    if (headers.authorization !== BASIC) return { status: 401 }
    if (method === 'GET' && path === '/api/contacts') {
      const start = Number(query.get('start'))
      const page = addresses
        .map((email, index) => ({ id: index + 1, fields: { all: { id: index + 1, email } } }))
        .slice(start, start + Number(query.get('limit')))
      return {
        status: 200,
        body: {
          total: String(addresses.length),
          contacts: Object.fromEntries(page.map((contact) => [contact.id, contact])),
        },
      }
    }
    const [, dnc] = /^\/api\/contacts\/(\d+)\/dnc\/email\/add$/.exec(path) ?? []
    if (method === 'POST' && dnc !== undefined && body['reason'] === 1) {
      tool.blocked.add(addresses[Number(dnc) - 1]!)
      return { status: 200, body: { contact: { id: Number(dnc) } } }
    }
    const [, segment, member] = /^\/api\/segments\/(\d+)\/contact\/(\d+)\/remove$/.exec(path) ?? []
    if (method !== 'POST' || member === undefined) return undefined
    tool.left.add(`${segment} ${addresses[Number(member) - 1]}`)
    return { status: 200, body: { success: 1 } }
  })
}

/** phpList's REST API 2: a session, lists and their members a hundred at a time, the blacklist. */
export function startPhplist(lists: Readonly<Record<number, readonly string[]>>): Promise<FakeTool> {
  const everybody = [...new Set(Object.values(lists).flat())]
  const page = (items: readonly { id: number }[], query: URLSearchParams) => {
    const limit = Math.min(Number(query.get('limit')), 100)
    return {
      status: 200,
      body: { items: items.filter(({ id }) => id > Number(query.get('after_id'))).slice(0, limit) },
    }
  }
  return serve(({ method, path, query, body, headers }, tool) => {
    if (method === 'POST' && path === '/api/v2/sessions')
      return body['login_name'] === 'aval' && body['password'] === 's3cret'
        ? { status: 201, body: { id: 1, key: 'session-key' } }
        : { status: 401 }
    if (headers['php-auth-pw'] !== 'session-key') return { status: 403 }
    if (method === 'GET' && path === '/api/v2/lists')
      return page(
        Object.keys(lists).map((id) => ({ id: Number(id), name: 'list' })),
        query,
      )
    const [, list] = /^\/api\/v2\/lists\/(\d+)\/subscribers$/.exec(path) ?? []
    if (method === 'GET' && list !== undefined)
      return page(
        lists[Number(list)]!.map((email) => ({ id: everybody.indexOf(email) + 1, email })).toSorted(
          (a, b) => a.id - b.id,
        ),
        query,
      )
    if (method === 'DELETE' && list !== undefined) {
      for (const email of query.getAll('emails[]')) tool.left.add(`${list} ${email}`)
      return { status: 204 }
    }
    if (method !== 'POST' || path !== '/api/v2/blacklist/add') return undefined
    tool.blocked.add(String(body['email']))
    return { status: 201, body: { email: body['email'] } }
  })
}
