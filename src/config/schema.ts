/**
 * The configuration file, key by key: names, notations, defaults and meaning. What the program accepts, `docs/config.md`
 * and the JSON Schema for editors all come from here. What one key says about another is in `cross-checks.ts`.
 */
import { z } from 'zod'
import { advertiser, campaign, credential, hold, notice, processor, router, source } from './party-schema.js'
import { api, imports, receiver, unsubscribe } from './objection-schema.js'
import { policy } from './policy-schema.js'
import * as as from './scalars.js'
import { about, count, listOf, mapOf, secret, secretPath, within } from './schema-words.js'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

const node = z.strictObject({
  name: about(
    as.domainName.prefault('relay-1'),
    'Name of this relay in Received fields, SMTP greetings, logs and journal. Give each relay its own.',
  ),
})

const listenerTls = z.strictObject({
  mode: about(
    z.enum(['none', 'starttls', 'implicit']).default('none'),
    'Whether sessions are encrypted: not at all, after STARTTLS, or from the first octet (port 465).',
  ),
  cert_file: about(as.path.optional(), 'Certificate chain, PEM. Needed unless `mode` is `none`; read again on SIGHUP.'),
  key_file: about(as.path.optional(), 'Private key of the certificate, PEM.'),
})

const trust = z.strictObject({
  proxy_protocol_from: about(
    listOf(as.network),
    'Load balancers in front of this listener: every connection from there begins with a PROXY header, version 1 or 2, that says whose it is.',
  ),
  xclient_from: about(
    listOf(as.network),
    'Mail systems that may put their client in their own place with XCLIENT, network and user included: whoever is there can be anybody.',
  ),
  xforward_from: about(listOf(as.network), 'Mail systems that say with XFORWARD whom they forward for, for the log.'),
})

const listener = z.strictObject({
  address: about(as.endpoint, 'Where to listen. Port 0 takes any free port.'),
  protocol: about(
    z.enum(['smtp', 'lmtp']).default('smtp'),
    'Protocol spoken: `smtp`, or `lmtp` (RFC 2033), in which each recipient has a reply of its own after DATA.',
  ),
  tls: about(listenerTls.prefault({}), 'Encryption of the sessions of this listener.'),
  auth: about(
    z
      .strictObject({
        allow_without_tls_from: about(
          listOf(as.network),
          'Networks, beside this machine, from which a password may come in clear. Never a public one.',
        ),
      })
      .prefault({}),
    'How clients log in.',
  ),
  bare_newline: about(
    z.enum(['reject', 'normalize']).default('reject'),
    'What becomes of a message with a CR or LF that is no line end: 550 5.5.2, or rewritten (LF to CRLF, CR to a space), which breaks a DKIM signature made before.',
  ),
  trust: about(trust.prefault({}), 'Who is believed when it speaks for a client behind it. Nobody by default.'),
})

const limits = z.strictObject({
  message_size: about(as.byteSize.prefault('25MiB'), 'Largest message; announced by SIZE (RFC 1870), beyond it 552.'),
  line_length: about(
    as.byteSize.prefault('1MiB'),
    'Longest line of a message; beyond it 554. RFC 5322 2.1.1 allows 998 octets, many programs write longer ones, and none is ever folded here.',
  ),
  header_size: about(
    as.byteSize.prefault('256KiB'),
    'Octets of the header of a message, and of one part; beyond it the message cannot be inspected: PARSE-FAILED.',
  ),
  header_fields: about(within(50, 10_000, 2_000), 'Fields of a header, in the same way.'),
  mime_depth: about(within(5, 100, 20), 'Parts within parts, in the same way. Real messages nest up to 6 deep.'),
  mime_parts: about(within(10, 10_000, 200), 'Parts of one message, in the same way.'),
  connections: about(count(1, 1000), 'Sessions at once on one listener, all clients together; beyond it 421.'),
  connections_per_address: about(count(1, 200), 'Sessions at once from one address.'),
  connections_per_network: about(count(1, 1000), 'Sessions at once from one /24, or one /48 of IPv6.'),
  connections_per_credential: about(count(1, 1000), 'Sessions at once in which one credential sends; beyond it 421.'),
  connections_per_minute: about(count(1, 3000), 'New sessions from one address within a minute; beyond it 421.'),
  command_length: about(as.byteSize.prefault('4KiB'), 'Longest command line, its line end included; beyond it 500.'),
  recipients: about(count(1, 1000), 'Recipients in one transaction; beyond it 452.'),
  transactions: about(count(1, 1000), 'Transactions in one session; beyond it 421.'),
  errors: about(count(1, 20), 'Refused or unknown commands in one session; beyond it 421.'),
  junk_commands: about(
    count(1, 100),
    'NOOP, RSET, VRFY, HELP, EHLO and the like since the last message; beyond it 421.',
  ),
  auth_failures: about(count(1, 3), 'Failed logins in one session; beyond it 421.'),
  auth_failures_per_address: about(
    count(1, 30),
    'Failed logins from one address within an hour; beyond it 454 without a look at the password.',
  ),
  auth_failures_per_account: about(count(1, 100), 'The same for one account.'),
  bytes_in_flight: about(
    as.byteSize.prefault('256MiB'),
    'Octets of messages being received or judged, all sessions together. Beyond it messages wait their turn, those of the credential that holds the least first: nothing of them is read. A message without SIZE counts as limits.message_size while it is received, once it is larger than 1/1024 of this.',
  ),
  room_timeout: about(
    as.timeout.prefault('1m'),
    'How long a message waits for room; then 452. Less than the two minutes clients wait for 354 (RFC 5321 4.5.3.2.4). One that has begun waits 2.5 times as long, at most 170 s (4.5.3.2.5).',
  ),
  stall_timeout: about(
    as.timeout.prefault('10s'),
    'How long a client may be waited for while others need what it holds. While others wait for room: a client that sends a message, each 500 octets being worth a second of it; beyond it 421. While others wait for a connection to the upstream: a client between two commands, whose connection then goes to them; its message takes another. Nobody waits: `data_timeout` and `idle_timeout` alone.',
  ),
  event_loop_lag: about(
    as.timeout.prefault('2s'),
    'How far this relay may fall behind itself; beyond it new sessions read 421 and new messages 452.',
  ),
  greeting_timeout: about(
    as.timeout.prefault('30s'),
    'How long a client may take from the connection to EHLO or HELO, TLS handshake included.',
  ),
  idle_timeout: about(as.timeout.prefault('5m'), 'How long a session may say nothing (RFC 5321 4.5.3.2.7).'),
  command_timeout: about(as.timeout.prefault('1m'), 'How long one command line may take to arrive whole.'),
  data_timeout: about(as.timeout.prefault('10m'), 'How long one message may take to arrive whole.'),
  session_timeout: about(as.timeout.prefault('1h'), 'How long a session may last; ended between transactions.'),
  drain_timeout: about(as.timeout.prefault('30s'), 'On SIGTERM: how long transactions in progress may take to end.'),
})

const upstreamTimeouts = z.strictObject({
  connect: about(as.timeout.prefault('30s'), 'To open the connection, name resolution and TLS included.'),
  greeting: about(as.timeout.prefault('1m'), 'For the greeting.'),
  command: about(as.timeout.prefault('1m'), 'For the reply to EHLO, AUTH, MAIL, RCPT or RSET.'),
  data: about(as.timeout.prefault('1m'), 'For the reply to DATA.'),
  body: about(as.timeout.prefault('3m'), 'For the upstream to take the whole message.'),
  dot: about(
    as.timeout.prefault('5m'),
    'For the reply to the final dot. Shorter than the ten minutes clients wait, so that they hear from us.',
  ),
})

/** One MTA: where it is, how it is reached, who Aval is there. */
const mta = {
  url: about(
    as.text,
    'The real MTA: `smtp://host:port` (25 when left out), `smtps://host:port` (465), with `user@` before the host to log in; or `capture:DIRECTORY`, which writes what is let through to .eml files.',
  ).meta({ examples: ['smtp://mta.example.fr:25', 'smtps://aval@mta.example.fr', 'capture:var/outbox'] }),
  tls: about(
    z.enum(['none', 'opportunistic', 'require', 'verify']).optional(),
    'Encryption towards the MTA: never, when offered, always, or always with a certificate that is checked. Without this key: `opportunistic` to this machine, `verify` to any other.',
  ),
  ca_file: about(
    as.path.optional(),
    'Certificates to trust in place of those of the system, PEM; read again on SIGHUP.',
  ),
  cert_file: about(as.path.optional(), 'Client certificate, PEM; read again on SIGHUP.'),
  key_file: about(as.path.optional(), 'Private key of the client certificate, PEM.'),
  username: about(as.text.optional(), 'User to log in as; may stand in `url` instead.'),
  password: secret(about(as.text.optional(), 'Password of that user. `password_file` keeps it out of this file.')),
  password_file: about(as.path.optional(), 'File that holds the password, and nothing else; read again on SIGHUP.'),
} as const

const upstream = z.strictObject({
  ...mta,
  fallbacks: about(
    listOf(z.strictObject(mta)),
    'Further MTAs, in the order they are tried while those before them cannot be reached. A message is never given to two.',
  ),
  announce: about(
    z.enum(['none', 'xforward', 'xclient']).default('xforward'),
    'How the MTA is told whom a message comes from: not at all; with XFORWARD, for its log, when offered; or with XCLIENT, so that its access rules see the client, which it must offer.',
  ),
  max_connections: about(count(1, 20), 'Connections to one MTA at once.'),
  max_waiting: about(count(1, 1000), 'Messages that may wait for a connection; one more reads 451.'),
  wait_timeout: about(as.timeout.prefault('30s'), 'How long a message waits for a connection.'),
  max_age: about(as.timeout.prefault('5m'), 'Age at which a connection is closed after its message.'),
  max_messages_per_connection: about(count(1, 100), 'Messages sent over one connection before it is closed.'),
  idle_timeout: about(as.timeout.prefault('20s'), 'How long an unused connection is kept.'),
  timeouts: about(upstreamTimeouts.prefault({}), 'How long each step may take.'),
  open: about(
    z.enum(['auto', 'rcpt', 'data']).default('auto'),
    'When the upstream transaction starts: with the first permitted recipient, so that its own answer to each recipient can be repeated; once the message is judged; or `auto`: `data` for classes with one recipient per message, else `rcpt`.',
  ),
})

const storage = z.strictObject({
  url: about(
    as.text.default('sqlite:var/aval.db'),
    'Registry of consents, contacts and objections: `sqlite:FILE`. PostgreSQL is not available in this version.',
  ),
  key_file: about(
    as.path.prefault('var/aval.key'),
    'Secrets that turn addresses into keyed hashes. Back it up apart from the database: without it no consent can be found again.',
  ),
})

const anchor = z.strictObject({
  timestamp_url: secretPath(
    about(
      as.webUrl.optional(),
      'Time-stamping authority (RFC 3161) the digest of the newest checkpoint is posted to; the token goes into the journal.',
    ),
  ),
  webhook_url: secretPath(about(as.webUrl.optional(), 'Address the newest checkpoint is posted to, as text.')),
  directory: about(
    as.path.optional(),
    'Directory the newest checkpoint is written to. On another machine, or it shows nothing.',
  ),
  interval: about(as.duration.prefault('24h'), 'Time between two checkpoints given to it.'),
})

const journal = z.strictObject({
  url: about(as.text.default('sqlite:var/journal.db'), 'Journal of decisions and outcomes: `sqlite:FILE`.'),
  signing_key_file: about(
    as.path.optional(),
    'Ed25519 key that signs checkpoints, PEM; made with the first one. `<journal>.signing-key` when left out. Back it up apart from the journal.',
  ),
  checkpoint: about(
    z
      .strictObject({
        entries: about(count(1, 1_000), 'Entries after which a checkpoint is signed.'),
        interval: about(as.timeout.prefault('1m'), 'How long an entry may wait for one where fewer come.'),
      })
      .prefault({}),
    'Signed roots over everything in the journal; what others keep of them, nobody can go back behind.',
  ),
  segment_key_file: about(
    as.path.optional(),
    'Keys of the segments, made as they begin; `<journal>.segment-keys` when left out. Never in a backup together with the journal, and only its newest copy: a copy undoes the destruction of the keys in it.',
  ),
  segment_days: about(
    z.int().min(1).max(366).default(30),
    'What of the decisions of so many days leads to persons is under one key, which is destroyed once none of it may be kept any longer.',
  ),
  keep_years: about(
    z.int().min(1).max(10).default(5),
    'Years after which `aval journal purge` destroys what leads from a decision to a person (C. civ. art. 2224).',
  ),
  anchors: about(mapOf(anchor), 'Who else is given checkpoints, by name: each has one URL or one directory.'),
})

const spool = z.strictObject({
  directory: about(as.path.prefault('var/spool'), 'Where large messages wait while they are judged. Emptied at start.'),
  memory: about(as.byteSize.prefault('256KiB'), 'Messages up to this size stay in memory.'),
})

const parser = z.strictObject({
  threads: about(
    z.int().min(0).max(64).default(0),
    'Threads that read messages; 0: one for each two cores, which most sites want.',
  ),
  deadline: about(as.timeout.prefault('5s'), 'How long reading one message may take; beyond it 451.'),
})

const http = z.strictObject({
  address: about(
    as.endpointOrOff.prefault('127.0.0.1:9464'),
    'Where health (`/livez`, `/readyz`) and metrics (`/metrics`) are served, or `off`.',
  ),
})

const log = z.strictObject({
  format: about(z.enum(['json', 'text']).default('json'), 'JSON lines, or lines that read like those of Postfix.'),
  level: about(z.enum(LOG_LEVELS).default('info'), 'Least level that is written.'),
  addresses: about(
    z.enum(['masked', 'hashed', 'clear']).default('masked'),
    'How recipients appear: `j…@e….example`, a keyed hash, or in clear (personal data: mind how long logs are kept).',
  ),
})

export const schema = z.strictObject({
  include: about(
    listOf(as.path),
    'Further files of this form, relative to the file that names them. Maps are put together; a key set twice is an error.',
  ),
  node: about(node.prefault({}), 'This relay.'),
  listeners: about(z.array(listener).min(1), 'Where mailing software connects.'),
  limits: about(limits.prefault({}), 'What clients may ask of this relay.'),
  upstream: about(upstream, 'The real MTA, to which permitted messages go.'),
  storage: about(storage.prefault({}), 'Where consents and objections are kept.'),
  journal: about(journal.prefault({}), 'Where decisions are kept.'),
  spool: about(spool.prefault({}), 'Where messages wait while they are judged.'),
  parser: about(parser.prefault({}), 'The threads that read messages.'),
  http: about(http.prefault({}), 'Health and metrics.'),
  unsubscribe: about(unsubscribe.prefault({}), 'Aval’s own unsubscribe endpoint, for advertisers that have none.'),
  api: about(api.prefault({}), 'The API for the systems of advertisers.'),
  imports: about(imports.prefault({}), 'Files imported as they arrive.'),
  receivers: about(mapOf(receiver), 'Mailing tools and webhooks that are told of objections, by name.'),
  log: about(log.prefault({}), 'What is written to standard output.'),
  advertisers: about(mapOf(advertiser), 'In whose interest messages are sent, by name.'),
  routers: about(mapOf(router), 'Who sends on behalf of advertisers, by name.'),
  processors: about(
    mapOf(processor),
    'Further companies that process the data: on whose machines the relay runs, and other sub-processors, by name.',
  ),
  credentials: about(mapOf(credential), 'What mailing software logs in with, by user name.'),
  campaigns: about(mapOf(campaign), 'Campaigns a message can name in X-Aval-Campaign, by name.'),
  notices: about(mapOf(notice), 'What people were told when their address was collected, by name.'),
  sources: about(mapOf(source), 'Companies addresses come from: partners, collectors, brokers, by name.'),
  holds: about(listOf(hold), 'What is suspended until further notice: answered 451.'),
  policy: about(policy.prefault({}), 'Thresholds that are a choice, and what is done when a rule fails.'),
})

/** The file with every default filled in and every notation read. */
export type Declared = z.output<typeof schema>
/** The same as people write it. */
export type Written = z.input<typeof schema>
