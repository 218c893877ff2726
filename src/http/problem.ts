/** Problem details (RFC 9457). */
import type { WebAnswer } from './web-server.js'

export function problem(
  status: number,
  title: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): WebAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, ...more }),
  }
}

export function json(status: number, body: unknown): WebAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
