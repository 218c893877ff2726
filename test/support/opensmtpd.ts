/** A real OpenSMTPD of its own for one test, in a {@link Cage}: takes everything on loopback and hands it to `relayTo`. */
import { Cage, type CageUser, hasCaged } from './cage.js'
import { accepts, freePort } from './ports.js'
import { until } from './until.js'

const [SMTPD, SMTPCTL] = ['/usr/sbin/smtpd', '/usr/sbin/smtpctl'] as const
const EMPTY = '/var/lib/opensmtpd/empty'
const USERS: readonly CageUser[] = [
  { name: 'opensmtpd', id: 9002, home: EMPTY },
  { name: 'opensmtpq', id: 9003, home: EMPTY },
]

export const OPENSMTPD_PRESENT = hasCaged(SMTPD)

export async function startOpenSmtpd({ relayTo }: { readonly relayTo: number }): Promise<{
  readonly port: number
  log(): string
  stop(): void
}> {
  const port = await freePort()
  const cage = new Cage([SMTPD, SMTPCTL], USERS)
  cage.directory(EMPTY)
  cage.file('etc/mailname', 'opensmtpd.example\n')
  cage.file(
    'etc/smtpd.conf',
    `listen on 127.0.0.1 port ${port}
action "out" relay host smtp://127.0.0.1:${relayTo}
match from any for any action "out"
`,
  )
  const said: string[] = []
  const child = cage.start(SMTPD, ['-d'])
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => said.push(text.toString()))
  await until(() => accepts(port), `OpenSMTPD to listen on ${port}`)
  return { port, log: () => said.join(''), stop: () => cage.stop() }
}
