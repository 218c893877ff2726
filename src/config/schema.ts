/**
 * The configuration file, key by key: names, notations, defaults and meaning. What the program accepts, `docs/config.md`
 * and the JSON Schema for editors all come from here. What one key says about another is in `cross-checks.ts`.
 */
import { z } from 'zod'
import { MESSAGE_CLASSES } from '../domain/message-class.js'
import { ACTIONS, MODES } from '../domain/policy.js'
import { CLIENT_PROFILES } from '../reply/profile.js'
import * as as from './scalars.js'

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** GDPR art. 28(3)(a)-(h), and the reuse a processor may not make. */
export const CONTRACT_CLAUSES = [
  'documented_instructions',
  'confidentiality',
  'security',
  'subprocessors',
  'assistance_rights',
  'assistance_security',
  'deletion_or_return',
  'audit',
  'no_reuse_own',
  'no_reuse_other_clients',
] as const

/** The names under which `reply/` knows how a kind of mailing software reads refusals. */
const PROFILES = Object.keys(CLIENT_PROFILES) as (keyof typeof CLIENT_PROFILES)[]

const about = <T extends z.ZodType>(schema: T, description: string): T => schema.meta({ ...schema.meta(), description })

const count = (smallest: number, standard: number) => z.int().min(smallest).max(1_000_000_000).default(standard)

const listOf = <T extends z.ZodType>(schema: T) => z.array(schema).prefault([])

const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ ...schema.meta(), 'x-secret': true })

const mapOf = <T extends z.ZodType>(schema: T) => z.record(as.identifier, schema).prefault({})

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

const listener = z.strictObject({
  address: about(as.endpoint, 'Where to listen. Port 0 takes any free port.'),
  protocol: about(z.enum(['smtp']).default('smtp'), 'Protocol spoken. LMTP is not available in this version.'),
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
})

const limits = z.strictObject({
  message_size: about(as.byteSize.prefault('25MiB'), 'Largest message; announced by SIZE (RFC 1870), beyond it 552.'),
  connections: about(count(1, 1000), 'Sessions at once on one listener, all clients together; beyond it 421.'),
  connections_per_address: about(count(1, 200), 'Sessions at once from one address.'),
  recipients: about(count(1, 1000), 'Recipients in one transaction; beyond it 452.'),
  transactions: about(count(1, 1000), 'Transactions in one session; beyond it 421.'),
  errors: about(count(1, 20), 'Refused or unknown commands in one session; beyond it 421.'),
  auth_failures: about(count(1, 3), 'Failed logins in one session; beyond it 421.'),
  bytes_in_flight: about(
    as.byteSize.prefault('256MiB'),
    'Octets of messages being received or judged, all sessions together; beyond it 452.',
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

const upstream = z.strictObject({
  url: about(
    as.text,
    'The real MTA: `smtp://host:port` (25 when left out), `smtps://host:port` (465), with `user@` before the host to log in; or `capture:DIRECTORY`, which writes what is let through to .eml files.',
  ).meta({ examples: ['smtp://mta.example.fr:25', 'smtps://aval@mta.example.fr', 'capture:var/outbox'] }),
  tls: about(
    z.enum(['none', 'opportunistic', 'require', 'verify']).optional(),
    'Encryption towards the MTA: never, when offered, always, or always with a certificate that is checked. Without this key: `opportunistic` to this machine, `verify` to any other.',
  ),
  ca_file: about(as.path.optional(), 'Certificates to trust in place of those of the system, PEM.'),
  cert_file: about(as.path.optional(), 'Client certificate, PEM.'),
  key_file: about(as.path.optional(), 'Private key of the client certificate, PEM.'),
  username: about(as.text.optional(), 'User to log in as; may stand in `url` instead.'),
  password: secret(about(as.text.optional(), 'Password of that user. `password_file` keeps it out of this file.')),
  password_file: about(as.path.optional(), 'File that holds the password, and nothing else.'),
  max_connections: about(count(1, 20), 'Connections to the MTA at once.'),
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

const journal = z.strictObject({
  url: about(as.text.default('sqlite:var/journal.db'), 'Journal of decisions and outcomes: `sqlite:FILE`.'),
})

const spool = z.strictObject({
  directory: about(as.path.prefault('var/spool'), 'Where large messages wait while they are judged. Emptied at start.'),
  memory: about(as.byteSize.prefault('256KiB'), 'Messages up to this size stay in memory.'),
})

const parser = z.strictObject({
  threads: about(
    z.int().min(1).max(64).default(2),
    'Threads that read messages. One for each two cores is enough for most sites.',
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

const advertiser = z.strictObject({
  legal_name: about(as.text, 'Name of the company in whose interest messages are sent: the controller.'),
  brands: about(listOf(as.text), 'Names under which the public knows it.'),
  siren: about(as.siren.optional(), 'Its number in the Sirene register, in quotes.').meta({ examples: ['732829320'] }),
  seat: about(as.text.optional(), 'City of its registered office.'),
  privacy_url: about(as.webUrl.optional(), 'Its privacy notice (GDPR art. 13 and 14).'),
  contact_email: about(as.mailAddress.optional(), 'Where a person can write to it.'),
  from_domains: about(z.array(as.domainName).min(1), 'Domains its messages may come from.'),
  unsubscribe: about(
    z
      .strictObject({
        hosts: about(
          z.array(as.domainName).prefault([]),
          'Hosts its unsubscribe links may point to. Empty: those of `from_domains`.',
        ),
      })
      .prefault({}),
    'How its messages let people unsubscribe.',
  ),
})

const contract = z.strictObject({
  advertiser: about(as.identifier, 'The advertiser that signed it.'),
  signed: about(as.calendarDay, 'First day it is in force.'),
  until: about(as.calendarDay, 'First day it is no longer in force.'),
  document_sha256: about(
    as.sha256Hex,
    'SHA-256 of the signed document: the proof that there is one (GDPR art. 28(3) and (9)).',
  ),
  clauses: about(
    z.partialRecord(z.enum(CONTRACT_CLAUSES), z.boolean()).default({}),
    'Which of the mandatory clauses it has, as attested by whoever read it (GDPR art. 28(3)(a) to (h)). Part of the evidence; not judged in this version.',
  ),
})

const router = z.strictObject({
  legal_name: about(as.text, 'Name of the company that sends on behalf of advertisers: the processor.'),
  brands: about(listOf(as.text), 'Names under which the public knows it.'),
  contracts: about(z.array(contract).prefault([]), 'Its contracts with advertisers (GDPR art. 28(3)).'),
})

const credential = z.strictObject({
  router: about(as.identifier.optional(), 'The router it belongs to. Left out when the advertiser sends for itself.'),
  advertisers: about(z.array(as.identifier).min(1), 'Advertisers it may send for.'),
  classes: about(
    z.array(z.enum(MESSAGE_CLASSES)).min(1),
    'What its messages may be for. Without a declaration in the message the strictest applies.',
  ),
  sender_domains: about(
    listOf(as.domainName),
    'Domains allowed in MAIL FROM. Empty: the `from_domains` of its advertisers.',
  ),
  secret_hash: secret(
    about(as.secretHash.optional(), 'Hash of its password, made by `aval credential hash`; its name is the user name.'),
  ),
  secret_hash_file: about(as.path.optional(), 'File that holds the hash, and nothing else.'),
  networks: about(
    listOf(as.network),
    'Networks it may be used from; empty: anywhere. Without a secret it is recognised by its network alone.',
  ),
  valid_from: about(as.calendarDay.optional(), 'First day it may be used.'),
  valid_until: about(as.calendarDay.optional(), 'First day it may no longer be used.'),
  enabled: about(z.boolean().default(true), 'Whether it may be used.'),
  profile: about(z.enum(PROFILES).default('generic'), 'Which mailing software it is: how that reads refusals.'),
})

const campaign = z.strictObject({
  advertiser: about(as.identifier, 'For whom it is sent.'),
  class: about(z.enum(MESSAGE_CLASSES), 'What its messages are for.'),
  offer_categories: about(
    listOf(as.text),
    'What it promotes; compared with what customers bought (CPCE art. L.34-5 al. 4).',
  ),
})

const policy = z.strictObject({
  mode: about(
    z.enum(MODES).default('enforce'),
    'What is done with a refusal: log it and let pass, the same and warn, or refuse. Objections hold in every mode.',
  ),
  retention: about(
    z
      .strictObject({
        months: about(
          z
            .int()
            .min(1)
            .max(36, { error: 'at most 36: three years after the last contact (CNIL deliberation 2021-131)' })
            .default(36),
          'Months after the last contact from the person during which an address may be used.',
        ),
      })
      .prefault({}),
    'How long addresses may be used (GDPR art. 5(1)(e)).',
  ),
  rcpt_limit: about(
    z
      .strictObject({
        prospecting: about(count(1, 1), 'Recipients of one prospecting message. More than one forbids personal links.'),
        transactional: about(count(1, 100), 'Recipients of one message of any other class.'),
      })
      .prefault({}),
    'Recipients of one message; beyond it 452.',
  ),
  sender_hold: about(
    as.duration.prefault('24h'),
    'How long a lapsed contract is answered 451, which mailing software tries again, before it is answered 550.',
  ),
  unsub: about(
    z
      .strictObject({
        accept_mailto_only: about(
          z.boolean().default(false),
          'Whether an e-mail address is enough as the means to unsubscribe.',
        ),
      })
      .prefault({}),
    'What counts as a means to unsubscribe.',
  ),
  rules: about(
    z
      .record(z.string(), z.enum(ACTIONS))
      .default({})
      .meta({ 'x-type': `map of RULE-ID to ${ACTIONS.map((action) => `\`${action}\``).join(', ')}` }),
    'What is done when a rule fails, where it is not the default of the rule: `RULE-ID: reject | defer | warn | off`. Rules that protect an objection cannot be loosened.',
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
  log: about(log.prefault({}), 'What is written to standard output.'),
  advertisers: about(mapOf(advertiser), 'In whose interest messages are sent, by name.'),
  routers: about(mapOf(router), 'Who sends on behalf of advertisers, by name.'),
  credentials: about(mapOf(credential), 'What mailing software logs in with, by user name.'),
  campaigns: about(mapOf(campaign), 'Campaigns a message can name in X-Aval-Campaign, by name.'),
  policy: about(policy.prefault({}), 'Thresholds that are a choice, and what is done when a rule fails.'),
})

/** The file with every default filled in and every notation read. */
export type Declared = z.output<typeof schema>
/** The same as people write it. */
export type Written = z.input<typeof schema>
