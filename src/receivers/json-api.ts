/** JSON over the guarded client, as the APIs of mailing tools speak it. */
import type { FetchRequest, Fetcher } from '../fetch/fetcher.js'
import { ReceiverError } from './receiver.js'

export interface JsonApi {
  /** @throws ReceiverError that says what was asked and what came, without any address */
  ask(method: FetchRequest['method'], path: string, body?: unknown): Promise<unknown>
}

export function createJsonApi(
  fetcher: Fetcher,
  base: string,
  headers: () => Readonly<Record<string, string>>,
): JsonApi {
  return {
    async ask(method, path, body) {
      const result = await fetcher.fetch(new URL(`${base.replace(/\/+$/, '')}${path}`), {
        method,
        headers: {
          accept: 'application/json',
          ...headers(),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const what = `${method} ${path.replace(/\?.*/, '')}`
      if (result.kind === 'failure') throw new ReceiverError(`${what}: ${result.fault} (${result.detail})`)
      if (result.status < 200 || result.status > 299) throw new ReceiverError(`${what}: answered ${result.status}`)
      if (result.truncated) throw new ReceiverError(`${what}: the answer is too long`)
      return read(result.body, what)
    },
  }
}

export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function read(body: Buffer, what: string): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    throw new ReceiverError(`${what}: the answer is no JSON; is the address that of the API?`)
  }
}
