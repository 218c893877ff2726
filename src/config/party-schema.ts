/** The part of the configuration that declares who sends, for whom, on the strength of what. */
import { z } from 'zod'
import { MESSAGE_CLASSES } from '../domain/message-class.js'
import { CONTRACT_CLAUSES, HOLD_SCOPES, PROCESSOR_KINDS, SECTOR_FLAGS } from '../domain/party.js'
import {
  BLOCKED_ANSWERS,
  CONTENT_ANSWERS,
  MIXED_POLICIES,
  REFUSAL_STAGES,
  REPLY_DETAILS,
} from '../domain/client-profile.js'
import { CLIENT_PROFILES } from '../reply/profile.js'
import { dkim, hostedUnsubscribe } from './objection-schema.js'
import * as as from './scalars.js'
import { about, listOf, secret } from './schema-words.js'

/** The names under which `reply/` knows how a kind of mailing software reads refusals. */
const PROFILES = Object.keys(CLIENT_PROFILES) as (keyof typeof CLIENT_PROFILES)[]

export const advertiser = z.strictObject({
  legal_name: about(as.text, 'Name of the company in whose interest messages are sent: the controller.'),
  brands: about(listOf(as.text), 'Names under which the public knows it.'),
  siren: about(as.siren.optional(), 'Its number in the Sirene register, in quotes.').meta({ examples: ['732829320'] }),
  seat: about(as.text.optional(), 'City of its registered office.'),
  privacy_url: about(as.webUrl.optional(), 'Its privacy notice (GDPR art. 13 and 14).'),
  contact_email: about(as.mailAddress.optional(), 'Where a person can write to it.'),
  dpo_contact: about(
    as.mailAddress.optional(),
    'Where its data protection officer is written to (GDPR art. 13(1)(b), 30(1)(a), 37(7)): shown on the hosted pages, in answers to people and in the register.',
  ),
  from_domains: about(z.array(as.domainName).min(1), 'Domains its messages may come from.'),
  unsubscribe: about(
    z
      .strictObject({
        hosts: about(
          z.array(as.domainName).prefault([]),
          'Hosts its unsubscribe links may point to. Empty: those of `from_domains`.',
        ),
        scope: about(
          z.enum(['controller', 'list_only']).optional(),
          'What one opt-out ends, as the advertiser attests: all its prospecting, or one list of several.',
        ),
        canary_url: about(
          as.webUrl.optional(),
          'Link of a subscription that belongs to nobody: it is requested as it stands.',
        ),
        canary_address: about(
          as.mailAddress.optional(),
          'Address of that subscription: an objection for it must arrive once it is unsubscribed.',
        ),
        seeds: about(
          listOf(as.mailAddress),
          'Addresses that belong to nobody and stand on its lists. When a message to one of them passes, Aval unsubscribes it by the link of that message and watches whether mail stops.',
        ),
        feed: about(
          z.boolean().default(false),
          'Whether opt-outs are also collected outside Aval, and so must be imported again and again (`aval objection import --advertiser`).',
        ),
        ...hostedUnsubscribe,
      })
      .prefault({}),
    'How its messages let people unsubscribe.',
  ),
  dkim: about(dkim.optional(), 'Key Aval signs its unsigned messages with, where `policy.dkim.where` is `relay`.'),
  non_profit: about(
    z.boolean().default(false),
    'Association, charity or public body: may prospect for its cause without consent.',
  ),
  sector: about(as.text.optional(), 'Its own trade, in the words records use in `b2b_employer_sector`.'),
  register: about(
    listOf(as.text),
    'Purposes its register of processing has an entry for (GDPR art. 30); prospecting is `prospecting`.',
  ),
  practices_changed: about(
    as.calendarDay.optional(),
    'Day its way of prospecting last changed: notices older than that are out of date.',
  ),
})

const contract = {
  signed: about(as.calendarDay, 'Day it was signed, and first day it is in force.'),
  from: about(as.calendarDay.optional(), 'First day it is in force, where it was signed before.'),
  until: about(as.calendarDay, 'First day it is no longer in force.'),
  document_sha256: about(
    as.sha256Hex,
    'SHA-256 of the signed document: the proof that there is one (GDPR art. 28(3) and (9)).',
  ),
  clauses: about(
    z.partialRecord(z.enum(CONTRACT_CLAUSES), z.boolean()).default({}),
    'Which of the mandatory clauses it has, as attested by whoever read it (GDPR art. 28(3)). A clause left out is a clause missing.',
  ),
} as const

/** As whoever engages a processor looks at it before, and again (GDPR art. 28(1)). */
const checks = about(
  listOf(
    z.strictObject({
      on: about(as.calendarDay, 'Day it was looked at.'),
      by: about(as.text, 'Who looked.'),
      documents: about(listOf(as.text), 'What was looked at: certificates, audit reports, policies.'),
      until: about(as.calendarDay, 'First day on which it has to be looked at again.'),
    }),
  ),
  'When it was found to offer sufficient guarantees (GDPR art. 28(1)). One that was never looked at, or not for too long, is logged at the start and every day.',
)

export const router = z.strictObject({
  legal_name: about(as.text, 'Name of the company that sends on behalf of advertisers: the processor.'),
  brands: about(listOf(as.text), 'Names under which the public knows it.'),
  contracts: about(
    listOf(z.strictObject({ advertiser: about(as.identifier, 'The advertiser that signed it.'), ...contract })),
    'Its contracts with advertisers (GDPR art. 28(3)).',
  ),
  checks,
})

export const processor = z.strictObject({
  legal_name: about(as.text, 'Name of the company.'),
  kind: about(
    z.enum(PROCESSOR_KINDS).default('hosting'),
    'What it does: `hosting` of the machines the relay or its data are on, or something else.',
  ),
  contracts: about(
    listOf(
      z.strictObject({
        with: about(as.identifier, 'The advertiser it works for, or the router whose sub-processor it is.'),
        ...contract,
      }),
    ),
    'Its contracts (GDPR art. 28(3) and (4)). Looked at at the start and every day: one that is missing, ends within 30 days or lacks a clause is logged.',
  ),
  checks,
})

const replies = z.strictObject({
  stage: about(
    z.enum(REFUSAL_STAGES).optional(),
    'Where refused recipients are told: at RCPT, or with everybody after DATA.',
  ),
  blocked: about(
    z.enum(BLOCKED_ANSWERS).optional(),
    'What a recipient the law refuses is answered: `reject` (5xx), or `drop` (250, nothing is sent, journal and log say `dropped`).',
  ),
  mixed: about(
    z.enum(MIXED_POLICIES).optional(),
    'What the one reply after DATA means where only some may get the message: refused for all, sent to the permitted with the others dropped, or deferred until each is told at RCPT.',
  ),
  content: about(
    z.enum(CONTENT_ANSWERS).optional(),
    'What a message refused for what it says is answered: `reject` (5xx), or `defer` (4xx: it waits in the queue of the software).',
  ),
  detail: about(
    z.enum(REPLY_DETAILS).optional(),
    'How much a refusal says: rule and reason, or only that there was one (`code_only`).',
  ),
})

export const credential = z.strictObject({
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
  bare_newline: about(
    z.enum(['reject', 'normalize']).optional(),
    'What becomes of its messages with a CR or LF that is no line end, where it is not what the listener says.',
  ),
  replies: about(replies.prefault({}), 'What is answered otherwise than the profile says.'),
})

export const campaign = z.strictObject({
  advertiser: about(as.identifier, 'For whom it is sent.'),
  class: about(z.enum(MESSAGE_CLASSES), 'What its messages are for.'),
  offer_categories: about(
    listOf(as.text),
    'What it promotes; compared with what customers bought (CPCE art. L.34-5 al. 4).',
  ),
  purpose: about(
    as.text.optional(),
    'Purpose its records must have, e.g. `non_commercial:shelter`, among those its class may have; left out: that of its class.',
  ),
  co_advertisers: about(
    listOf(as.identifier),
    'Other advertisers whose offers its messages carry; each needs the consent of the person.',
  ),
  target_functions: about(listOf(as.text), 'Functions it is addressed to, in the words of `b2b_function`.'),
  target_sectors: about(listOf(as.text), 'Trades it is addressed to, in the words of `b2b_employer_sector`.'),
  offer_keywords: about(listOf(as.text), 'Words of the offer, for comparison with the subject.'),
  sector_flags: about(listOf(z.enum(SECTOR_FLAGS)), 'Trades with rules of their own that it belongs to.'),
  list: about(
    as.identifier.optional(),
    'List it belongs to, of those in `unsubscribe.lists` of its advertiser: whoever left it is not written to.',
  ),
  active_contract: about(
    z.boolean().default(false),
    'Attested: it goes only to people with a contract in force on what it offers (C. conso. art. L.223-8).',
  ),
  oldest_notices: about(
    z.record(as.identifier, as.text).default({}),
    'Oldest version of each notice under which a consent is informed enough for it: `NOTICE: VERSION`.',
  ),
})

export const notice = z.strictObject({
  versions: about(
    z.record(
      as.text,
      z.strictObject({
        from: about(as.calendarDay, 'First day it was shown.'),
        until: about(as.calendarDay.optional(), 'First day it was no longer shown.'),
        purposes: about(z.array(as.text), 'Purposes it announces, in the words of `purposes`.'),
        recipients: about(listOf(as.identifier), 'Advertisers it names as recipients.'),
      }),
    ),
    'Its versions, by the name records give them in `notice_version`.',
  ),
})

export const source = z.strictObject({
  legal_name: about(as.text, 'Name of the company.'),
  brands: about(listOf(as.text), 'Names under which the public knows it.'),
  audits: about(
    listOf(
      z.strictObject({
        on: about(as.calendarDay, 'Day its collection was checked.'),
        outcome: about(z.enum(['pass', 'fail']), 'What was found.'),
      }),
    ),
    'Checks of how it collects: forms seen, samples of proof asked for.',
  ),
})

export const hold = z.strictObject({
  scope: about(z.enum(HOLD_SCOPES), 'What is suspended.'),
  id: about(as.text.optional(), 'Which advertiser, credential, campaign or source; left out for `global`.'),
  from: about(as.calendarDay, 'First day.'),
  until: about(as.calendarDay.optional(), 'First day it is lifted.'),
})
