/**
 * A real Postfix of its own for one test: private configuration, queue and log in a temporary directory, listening on
 * loopback, handing everything it takes to `relayTo`. Needs root and Debian's postfix package.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accepts, freePort } from './ports.js'
import { until } from './until.js'

export const POSTFIX_PRESENT = existsSync('/usr/sbin/postfix') && process.getuid?.() === 0

export interface PostfixOptions {
  /** Port on 127.0.0.1 that takes what leaves the queue. */
  readonly relayTo: number
  /** More lines for main.cf. */
  readonly main?: readonly string[]
  /** Options of the smtpd service, `-o name=value`. */
  readonly smtpd?: readonly string[]
  /** More lines for master.cf. */
  readonly master?: readonly string[]
}

export interface Postfix {
  readonly port: number
  log(): string
  stop(): void
}

export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const home = mkdtempSync(join(tmpdir(), 'aval-postfix-'))
  const port = await freePort()
  const [conf, spool, data] = ['conf', 'spool', 'data'].map((name) => join(home, name)) as [string, string, string]
  const mailLog = join(home, 'mail.log')
  for (const directory of [conf, spool, data]) mkdirSync(directory)
  spawnSync('chmod', ['755', home])
  chownSync(data, Number(execFileSync('id', ['-u', 'postfix'])), 0)
  writeFileSync(
    join(conf, 'main.cf'),
    [...mainCf(spool, data, mailLog, options.relayTo), ...(options.main ?? [])].join('\n') + '\n',
  )
  writeFileSync(join(conf, 'master.cf'), masterCf(port, options.smtpd ?? []) + (options.master ?? []).join('\n') + '\n')
  control(conf, 'start')
  await until(() => accepts(port), `Postfix to listen on ${port}`)
  return {
    port,
    log: () => (existsSync(mailLog) ? readFileSync(mailLog, 'utf8') : ''),
    stop() {
      spawnSync('postfix', ['-c', conf, 'stop'], { stdio: 'ignore' })
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function control(conf: string, verb: string): void {
  const { status, stderr } = spawnSync('postfix', ['-c', conf, verb], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`postfix ${verb} ended with ${status}: ${stderr}`)
}

function mainCf(spool: string, data: string, mailLog: string, relayTo: number): string[] {
  return [
    'compatibility_level = 3.6',
    `queue_directory = ${spool}`,
    `data_directory = ${data}`,
    'command_directory = /usr/sbin',
    'daemon_directory = /usr/lib/postfix/sbin',
    'mail_owner = postfix',
    'setgid_group = postdrop',
    `maillog_file = ${mailLog}`,
    'maillog_file_prefixes = /tmp',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'myhostname = mta.example',
    'mydestination =',
    `relayhost = [127.0.0.1]:${relayTo}`,
    'mynetworks = 127.0.0.0/8',
    'smtpd_relay_restrictions = permit_mynetworks, reject',
    'smtp_dns_support_level = disabled',
    'smtpd_peername_lookup = no',
    'alias_maps =',
    'local_recipient_maps =',
    'smtp_destination_concurrency_limit = 20',
    'minimal_backoff_time = 1s',
    'queue_run_delay = 1s',
  ]
}

function masterCf(port: number, smtpdOptions: readonly string[]): string {
  const options = smtpdOptions.map((option) => `-o ${option}`).join(' ')
  return `
127.0.0.1:${port} inet n - n - - smtpd ${options}
pickup    unix       n - n 60  1 pickup
cleanup   unix       n - n -   0 cleanup
qmgr      unix       n - n 300 1 qmgr
rewrite   unix       - - n -   - trivial-rewrite
bounce    unix       - - n -   0 bounce
defer     unix       - - n -   0 bounce
trace     unix       - - n -   0 bounce
verify    unix       - - n -   1 verify
proxymap  unix       - - n -   - proxymap
smtp      unix       - - n -   - smtp
error     unix       - - n -   - error
retry     unix       - - n -   - error
discard   unix       - - n -   - discard
anvil     unix       - - n -   1 anvil
scache    unix       - - n -   1 scache
tlsmgr    unix       - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n -   1 postlogd
`
}
