/** `aval healthcheck`: asks the running relay whether it is ready, for Docker and monitoring. */
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT } from './exit-codes.js'

const TIMEOUT_MS = 4_000

/** @param endpoint where the relay serves HTTP, from its configuration */
export async function healthcheck(
  { terminal }: CommandContext,
  endpoint: { host: string; port: number } | undefined,
): Promise<void> {
  if (endpoint === undefined) {
    throw new CommandError(EXIT.undecided, {
      en: 'http.address is "off": there is nobody to ask',
      fr: 'http.address vaut « off » : il n’y a personne à interroger',
    })
  }
  const url = `http://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}/readyz`
  const { ok, body } = await ask(url)
  terminal.print(body.trim())
  if (!ok) throw new CommandError(EXIT.no, { en: 'not ready', fr: 'pas prêt' })
}

async function ask(url: string): Promise<{ ok: boolean; body: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return { ok: response.ok, body: await response.text() }
  } catch (cause) {
    throw new CommandError(
      EXIT.unavailable,
      {
        en: `no answer from ${url}: is the relay running?`,
        fr: `pas de réponse de ${url} : le relais tourne-t-il ?`,
      },
      { cause },
    )
  }
}
