/** The part of the configuration about objections on their way in and out: hosted unsubscribing, API, folder, receivers. */
import { z } from 'zod'
import { API_SCOPES, PUSH_KINDS } from '../domain/objection-ways.js'
import * as as from './scalars.js'
import { about, count, listOf, mapOf, secret, secretPath } from './schema-words.js'

const tls = about(
  z
    .strictObject({
      cert_file: about(as.path.optional(), 'Certificate chain, PEM; read again on SIGHUP.'),
      key_file: about(as.path.optional(), 'Private key of the certificate, PEM.'),
    })
    .prefault({}),
  'Certificate of its own. Left out behind a reverse proxy that has one.',
)

const trustedProxies = about(
  listOf(as.network),
  'Reverse proxies whose `X-Forwarded-For` says who asks. Without them the address of the connection counts.',
)

const mail = z.strictObject({
  address: about(
    as.endpointOrOff.prefault('off'),
    'Where an MTA hands over mail to `unsub+TOKEN@`, replies that say STOP and abuse reports, or `off`.',
  ),
  protocol: about(z.enum(['lmtp', 'smtp']).default('lmtp'), 'Protocol spoken there.'),
  domain: about(
    as.domainName.optional(),
    'Domain of the addresses `unsub@`, `unsub+TOKEN@` and `fbl@`. With it, List-Unsubscribe also offers a mailto address.',
  ),
})

export const unsubscribe = z.strictObject({
  address: about(
    as.endpointOrOff.prefault('off'),
    'Where the public pages of hosted unsubscribing are served, and nothing else, or `off`.',
  ),
  url: about(
    as.webUrl.optional(),
    'The https address under which the world reaches them; links are this and `/u/TOKEN`.',
  ).meta({ examples: ['https://stop.example.fr'] }),
  tls,
  trusted_proxies: trustedProxies,
  requests_per_minute: about(
    count(1, 120),
    'Requests with links that are none, from one address, answered in a minute; and presses of the button for one link.',
  ),
  mail: about(mail.prefault({}), 'Unsubscribing by mail.'),
})

const token = z.strictObject({
  token_sha256: secret(
    about(as.sha256Hex, 'SHA-256 of the token, made by `aval credential token`; the token itself is kept nowhere.'),
  ),
  scopes: about(z.array(z.enum(API_SCOPES)).min(1), 'What it may be used for.'),
  advertisers: about(z.array(as.identifier).min(1), 'For which advertisers.'),
  credential: about(
    as.identifier.optional(),
    'As which credential it asks whether a message may be sent (`decide`). With it, `decisions:read` shows those of its router alone.',
  ),
})

export const api = z.strictObject({
  address: about(as.endpointOrOff.prefault('off'), 'Where the API (`/v1`) is served, or `off`.'),
  tls,
  trusted_proxies: trustedProxies,
  requests_per_minute: about(count(1, 600), 'Requests answered to one token in a minute; beyond it 429.'),
  tokens: about(mapOf(token), 'Who may call it, by name.'),
})

export const imports = z.strictObject({
  directory: about(
    as.path.optional(),
    'Folder whose files are imported as they arrive, one sub-folder for each advertiser; see docs/import-format.md.',
  ),
  every: about(as.timeout.prefault('10s'), 'How often it is looked at.'),
  keep: about(
    as.duration.prefault('30d'),
    'How long files are kept in `done/` once they were imported: their addresses are in clear (GDPR art. 5(1)(e)).',
  ),
})

export const receiver = z.strictObject({
  kind: about(z.enum(PUSH_KINDS), 'What it is: a webhook of your own, or the API of a mailing tool.'),
  url: secretPath(about(as.webUrl, 'Where: the URL of the webhook, or the address of the tool.')),
  advertiser: about(as.identifier, 'Whose objections it is told.'),
  username: about(as.text.optional(), 'User of the API of the tool.'),
  secret: secret(about(as.text.optional(), 'Password or token of that user, or key of the signatures of a webhook.')),
  secret_file: about(as.path.optional(), 'File that holds it, and nothing else.'),
  lists: about(
    z.record(as.identifier, as.text).default({}),
    'The tool’s own name for each list a person can leave: `LIST: NAME`.',
  ),
  allow_private: about(
    z.boolean().default(false),
    'Whether it may be on a private network or this machine, and spoken to without TLS.',
  ),
  every: about(as.timeout.prefault('30s'), 'How often what is new is sent.'),
})

export const hostedUnsubscribe = {
  hosted: about(
    z.boolean().default(false),
    'Whether Aval lends its own endpoint: unsigned messages to one recipient without List-Unsubscribe get one, with one click (RFC 8058).',
  ),
  placeholder: about(
    as.webUrl.optional(),
    'Link in the body in whose place the recipient’s own is put. This changes the body, which the journal records.',
  ).meta({ examples: ['https://aval.invalid/unsubscribe'] }),
  lists: about(
    z.record(as.identifier, as.text).default({}),
    'Lists a person may leave one by one on the hosted page, with the name shown there.',
  ),
}

export const dkim = z.strictObject({
  domain: about(as.domainName, 'Signing domain (`d=`), aligned with From.'),
  selector: about(as.text, 'Selector (`s=`): the public key stands in DNS at SELECTOR._domainkey.DOMAIN.'),
  key_file: about(as.path, 'Private key, PEM: RSA of 2048 bits (RFC 8301).'),
})
