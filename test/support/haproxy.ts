/** A real haproxy of its own for one test: TCP from a free port of loopback to another, with a PROXY header in front. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasCommand } from './peers.js'
import { accepts, freePort } from './ports.js'
import { until } from './until.js'

export const HAPROXY_PRESENT = hasCommand('haproxy', '-v')

export interface Haproxy {
  readonly port: number
  stop(): void
}

/** @param options.option `send-proxy` for version 1 of the header, `send-proxy-v2` for version 2 */
export async function startHaproxy(options: { readonly to: number; readonly option: string }): Promise<Haproxy> {
  const home = mkdtempSync(join(tmpdir(), 'aval-haproxy-'))
  const port = await freePort()
  const file = join(home, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  maxconn 100
defaults
  mode tcp
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen smtp
  bind 127.0.0.1:${port}
  server aval 127.0.0.1:${options.to} ${options.option}
`,
  )
  const child: ChildProcess = spawn('haproxy', ['-f', file, '-db'], { stdio: 'ignore' })
  await until(() => accepts(port), `haproxy to listen on ${port}`)
  return {
    port,
    stop() {
      child.kill('SIGKILL')
      rmSync(home, { recursive: true, force: true })
    },
  }
}
