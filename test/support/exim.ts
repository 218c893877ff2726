/** A real Exim of its own for one test, in a {@link Cage}: takes everything on loopback and hands it to `relayTo`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Cage, type CageUser, hasCaged } from './cage.js'
import { accepts, freePort } from './ports.js'
import { until } from './until.js'

const EXIM = '/usr/sbin/exim4'
const USER: CageUser = { name: 'Debian-exim', id: 9001, home: '/var/spool/exim4' }
const LOGS = ['mainlog', 'rejectlog', 'paniclog']

export const EXIM_PRESENT = hasCaged(EXIM)

export async function startExim({ relayTo }: { readonly relayTo: number }): Promise<{
  readonly port: number
  log(): string
  stop(): void
}> {
  const port = await freePort()
  const cage = new Cage([EXIM], [USER])
  cage.directory('etc/exim4')
  for (const directory of ['var/spool/exim4', 'var/log/exim4']) cage.directory(directory, USER)
  cage.file('etc/exim4/exim4.conf', configuration(port, relayTo))
  cage.start(EXIM, ['-bdf', '-q1s'])
  await until(() => accepts(port), `Exim to listen on ${port}`)
  const logs = LOGS.map((name) => join(cage.root, 'var/log/exim4', name))
  return {
    port,
    log: () => logs.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join(''),
    stop: () => cage.stop(),
  }
}

function configuration(port: number, relayTo: number): string {
  return `
primary_hostname = exim.example
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
disable_ipv6 = true
keep_environment =
tls_advertise_hosts =
acl_smtp_mail = accept
acl_smtp_rcpt = accept
acl_smtp_data = accept
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
host_lookup =
rfc1413_query_timeout = 0s
never_users =
begin routers
all:
  driver = manualroute
  transport = smtp
  route_list = * 127.0.0.1
  self = send
begin transports
smtp:
  driver = smtp
  port = ${relayTo}
  hosts_try_chunking =
  allow_localhost
begin retry
* * F,1h,1s
`
}
