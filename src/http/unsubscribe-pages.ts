/**
 * The public side of hosted unsubscribing: `/u/TOKEN` and nothing else. No cookie, no redirect, no script. GET and HEAD change
 * nothing, so that scanners which fetch every link unsubscribe nobody; POST acts at once (RFC 8058).
 */
import { sourceNetwork } from '../domain/network.js'
import { formFields } from './form-fields.js'
import { createRateLimit } from './rate-limit.js'
import type { WebAnswer, WebRequest } from './web-server.js'

interface Reader {
  readonly language: string | undefined
  readonly acceptLanguage: string | undefined
}

interface Rendered {
  readonly status: number
  readonly language: string
  readonly html: string
}

/** What stands behind the pages. */
export interface UnsubscribeEndpoint {
  knows(token: string): boolean
  show(token: string, reader: Reader): Rendered
  act(token: string, fields: ReadonlyMap<string, string> | undefined, reader: Reader): Promise<Rendered>
  refuse(reader: Reader): Rendered
}

export interface UnsubscribePagesOptions {
  readonly endpoint: UnsubscribeEndpoint
  readonly contentSecurityPolicy: string
  /** From one network with what is not in the form of a token; and presses of the button for one token. */
  readonly requestsPerMinute: number
}

/** A one-click form has one field. */
export const MAX_FORM_OCTETS = 16_384

const METHODS = 'GET, HEAD, POST'

export function createUnsubscribePages(options: UnsubscribePagesOptions): (request: WebRequest) => Promise<WebAnswer> {
  const { endpoint, contentSecurityPolicy, requestsPerMinute } = options
  const strangers = createRateLimit(requestsPerMinute)
  const presses = createRateLimit(requestsPerMinute)

  /** Gmail asks from few addresses for millions of people: a token of ours is never counted against whoever brings it. */
  function mayAsk({ method, client }: WebRequest, token: string): boolean {
    if (!endpoint.knows(token)) return strangers.take(sourceNetwork(client))
    return method !== 'POST' || presses.take(token)
  }

  function page({ status, language, html }: Rendered): WebAnswer {
    return {
      status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-language': language,
        'content-security-policy': contentSecurityPolicy,
        'x-robots-tag': 'noindex, nofollow',
        vary: 'Accept-Language',
        ...((status === 429 || status === 503) && { 'retry-after': '60' }),
      },
      body: html,
    }
  }

  return async (request) => {
    const token = tokenOf(request.path)
    if (request.path === '/robots.txt') return plain(200, 'User-agent: *\nDisallow: /\n')
    if (token === undefined) return plain(404, 'Not found.\n')
    const reader = {
      language: request.query.get('lang') ?? undefined,
      acceptLanguage: request.header('accept-language'),
    }
    if (!METHODS.split(', ').includes(request.method))
      return plain(405, 'Only GET, HEAD and POST are answered here.\n', { allow: METHODS })
    if (!mayAsk(request, token)) return page(endpoint.refuse(reader))
    if (request.method !== 'POST') return page(endpoint.show(token, reader))
    const fields = await formFields(request.body, request.header('content-type'))
    return page(await endpoint.act(token, fields, reader))
  }
}

/** What stands behind a link in a text, and mail programs take for a part of it: `.`, `>`, `)`. No token has any of them. */
const BEHIND = /(?:[/.,;:!?)>\]'"]|%(?:22|27|29|2C|3E|5D|C2%A0|C2%BB))+$/i

/** Proxies in front may serve the pages under a path of their own. */
function tokenOf(path: string): string | undefined {
  const [, last = ''] = /\/u\/([^/]+\/?)$/.exec(path) ?? []
  return last === '' ? undefined : last.replace(BEHIND, '') || last
}

export function plain(status: number, text: string, headers: Readonly<Record<string, string>> = {}): WebAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: text }
}
