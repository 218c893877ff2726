/** The part of the configuration that says how rules are judged, and what is done when one fails. */
import { z } from 'zod'
import {
  ACTIONS,
  B2B_MODES,
  COMPLAINT_SCOPES,
  CUSTOMER_CLOCKS,
  DKIM_PLACES,
  MODES,
  REOPT_INS,
  REPLY_CLOCKS,
} from '../domain/policy.js'
import type { ProblemKind } from './problem-words.js'
import * as as from './scalars.js'
import { about, count, listOf } from './schema-words.js'

const flag = (standard: boolean) => z.boolean().default(standard)

const months = (standard: number) => z.int().min(1).max(1_200).default(standard)

const timedMode = z.strictObject({
  mode: about(z.enum(MODES), 'What is done with a refusal.'),
  until: about(as.calendarDay.optional(), 'First day it is no longer in force: from then on `enforce`.'),
})

const modesBy = (what: string) =>
  about(z.record(as.text, timedMode).default({}), `For one ${what}: \`mode\` and \`until\`.`)

const modes = z.strictObject({
  rules: modesBy('rule'),
  routers: modesBy('router'),
  advertisers: modesBy('advertiser'),
})

const justification = z.strictObject({
  reason: about(as.text, 'Why the law allows it here: a sentence an inspector will read.'),
  by: about(as.text, 'Who answers for it.'),
  on: about(as.calendarDay, 'Day it was decided.'),
})

const retention = z.strictObject({
  months: about(
    z
      .int()
      .min(1)
      .max(36, { error: 'retention_at_most' satisfies ProblemKind })
      .default(36),
    'Months after the last contact from the person during which an address may be used.',
  ),
  repermission_after_expiry: about(
    flag(false),
    'Whether one repermission message may be sent within thirty days after that.',
  ),
  warn_days_before: about(count(1, 90), 'Days before the end during which a repermission message may be sent.'),
})

const b2b = z.strictObject({
  mode: about(
    z.enum(B2B_MODES).default('strict'),
    'What makes an offer relate to the profession: the employer is in the same trade; it matches the function of the person (CNIL); nothing does, consent is needed.',
  ),
  consumer_domains: about(
    z.enum(['deny', 'allow']).default('deny'),
    'Whether a mailbox of a consumer provider can be a professional address.',
  ),
})

const generic = z.strictObject({
  enabled: about(flag(true), 'Whether addresses such as contact@ may be written to without consent.'),
  require_attention_subject: about(flag(true), 'Whether the subject must name the function it is for.'),
  retention_months: about(months(36), 'Months after the last contact during which such an address may be used.'),
})

const reply = z.strictObject({
  create_record: about(flag(false), 'Whether an answer from a person may be a record to write on.'),
  extends_clock: about(
    z.enum(REPLY_CLOCKS).default('generic_only'),
    'Whose retention an e-mail answer starts again: generic addresses, the address that answered, nobody.',
  ),
})

const softOptIn = z.strictObject({
  enabled: about(flag(true), 'Whether customers may be written to without consent (CPCE art. L.34-5 al. 4).'),
  requires_purchase: about(flag(true), 'Whether a customer is someone who bought; otherwise an account is enough.'),
  same_legal_entity: about(flag(true), 'Whether the company that sold must be the one that writes.'),
  clock: about(
    z.enum(CUSTOMER_CLOCKS).default('strict'),
    'What keeps a customer one: a purchase or the end of a contract; or any contact that comes from the customer.',
  ),
  analogies: about(
    listOf(z.array(as.text).min(2)),
    'Families of offer categories a customer would take for analogous, e.g. `[books, records]`.',
  ),
})

const partner = z.strictObject({
  require_named_advertiser: about(flag(true), 'Whether the advertiser must have been named when consent was given.'),
  max_chain: about(count(1, 1), 'Hands an address may pass through between the person and the advertiser.'),
  audit_max_age_months: about(months(6), 'Age at which the check of a source no longer counts.'),
})

const consent = z.strictObject({
  reopt_in_after_objection: about(
    z.enum(REOPT_INS).default('first_party_double_opt_in'),
    'What lifts an objection: a later consent given to the advertiser itself, confirmed or not.',
  ),
  max_age_months: about(
    z.int().min(1).max(1_200).optional(),
    'Age at which consent no longer counts; left out: never.',
  ),
  notice_langs: about(
    z.array(as.text).min(1).prefault(['fr']),
    'Languages of the notices people can be taken to read.',
  ),
  deceptive_forms: about(listOf(as.text), 'Versions of collection forms found deceptive; no consent they gave counts.'),
})

const frequency = z.strictObject({
  cap: about(
    z.int().min(1).max(1_000).optional(),
    'Prospecting messages a person may get within the window; left out: no cap.',
  ),
  window: about(as.duration.prefault('7d'), 'The window.'),
})

const events = z.strictObject({
  accept_open: about(
    flag(false),
    'Whether opens may be imported. They start no clock whatever is set here; tracking one person takes consent of its own (CNIL deliberation 2026-042).',
  ),
  bot_min: about(
    as.duration.prefault('10s'),
    'A click within this time of the delivery of its message is taken for a scanner’s, and never counts.',
  ),
})

const unsub = z.strictObject({
  accept_mailto_only: about(flag(false), 'Whether an e-mail address is enough as the means to unsubscribe.'),
  feed_max_age: about(
    as.duration.prefault('24h'),
    'Age at which opt-outs collected elsewhere must have been imported again; at most 48h.',
  ),
  honour_max: about(as.duration.prefault('48h'), 'Time within which an opt-out must be in force.'),
  min_assurance: about(
    z.int().min(0).max(3).default(2),
    'How far an unsubscribe link must be established to work. 0: its form, and nothing is requested; 1: its host answers; 2: its page exists; 3: it was proven to unsubscribe.',
  ),
  probe: about(
    z
      .strictObject({
        timeout: about(as.timeout.prefault('5s'), 'Longest time for one request to a link.'),
        unsettled: about(
          z.enum(['reject', 'defer', 'warn']).default('reject'),
          'What is done with a link about which nothing could be found out in three tries and thirty minutes, during which messages are answered 451.',
        ),
        allow_hosts: about(
          listOf(as.domainName),
          'Hosts that may be at private addresses and other ports than 443: intranets and tests. No other host may.',
        ),
      })
      .prefault({}),
    'How links are tested.',
  ),
})

const sms = z.strictObject({
  enabled: about(flag(false), 'Whether recipients behind an e-mail-to-SMS gateway are served.'),
  gateways: about(listOf(as.domainName), 'Domains of the gateways.'),
  short_codes: about(
    listOf(as.shortCode),
    'Numbers messages are sent from, to which STOP can be answered free of charge.',
  ),
  hours: about(
    as.sendingHours.prefault('Mon-Sat 08-22'),
    'When SMS may be sent, in Paris time; never on a public holiday.',
  ),
})

export const policy = z.strictObject({
  mode: about(
    z.enum(MODES).default('enforce'),
    'What is done with a refusal: log it and let pass, the same and warn, or refuse. Objections hold in every mode.',
  ),
  modes: about(
    modes.prefault({}),
    'The same for one rule, router or advertiser; where several apply, the strictest. It goes before `mode`.',
  ),
  enforce_deadline: about(
    as.calendarDay.optional(),
    'Day from which every mode is `enforce`, as an authority may have ordered.',
  ),
  justifications: about(
    z.record(z.string(), justification).default({}),
    'Why a setting is looser than its default, by key under `policy`, e.g. `b2b.mode`. Needed for each, kept with every decision it touches.',
  ),
  retention: about(retention.prefault({}), 'How long addresses may be used (GDPR art. 5(1)(e)).'),
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
  b2b: about(b2b.prefault({}), 'Named professional addresses.'),
  generic: about(generic.prefault({}), 'Addresses of a function, such as contact@. They too can object.'),
  reply: about(reply.prefault({}), 'Answers to a message.'),
  soft_opt_in: about(softOptIn.prefault({}), 'Customers.'),
  non_commercial: about(
    z.strictObject({ enabled: about(flag(false), 'Whether causes may be promoted without consent.') }).prefault({}),
    'Associations, charities, public bodies.',
  ),
  partner: about(partner.prefault({}), 'Consent collected by somebody else.'),
  purchased: about(
    z
      .strictObject({
        allow_with_individual_proof: about(
          flag(false),
          'Whether a bought or rented address may be used where the consent of that person is proven.',
        ),
      })
      .prefault({}),
    'Bought and rented addresses.',
  ),
  legacy_import: about(
    z
      .strictObject({
        allow: about(flag(false), 'Whether lists without known source may be imported; they authorise nothing.'),
      })
      .prefault({}),
    'Lists from before.',
  ),
  consent: about(consent.prefault({}), 'What makes consent valid.'),
  events: about(events.prefault({}), 'Contacts from people.'),
  frequency: about(frequency.prefault({}), 'How often a person is written to.'),
  unsub: about(unsub.prefault({}), 'What counts as a means to unsubscribe.'),
  opposition: about(
    z
      .strictObject({
        complaint_scope: about(
          z.enum(COMPLAINT_SCOPES).default('router'),
          'Whom a spam complaint holds against: every advertiser of the router, or the one that wrote.',
        ),
      })
      .prefault({}),
    'Objections.',
  ),
  dkim: about(
    z
      .strictObject({
        where: about(
          z.enum(DKIM_PLACES).default('downstream'),
          'Where messages are signed: before they reach Aval, by Aval, or by the MTA behind it.',
        ),
      })
      .prefault({}),
    'Signatures.',
  ),
  sms: about(sms.prefault({}), 'E-mail to SMS gateways.'),
  incidents: about(
    z
      .strictObject({
        altered_records: about(
          count(1, 5),
          'Altered records met within ten minutes at which every message is answered 451, whatever the mode, until an operator has looked.',
        ),
        canary_hold: about(
          flag(false),
          'Whether a credential that wrote to a seed of another advertiser is held (451) until an operator has looked.',
        ),
        reused_recipients: about(
          count(1, 20),
          'People on record with another advertiser only, to whom one credential may try to write in a day before it is an alarm.',
        ),
        complaints_per_thousand: about(
          z.number().positive().max(1_000).default(3),
          'Complaints in a thousand prospecting messages, of the last seven days and of a thousand messages at least, at which a credential is held (451) until an operator has looked.',
        ),
        looked_at: about(
          as.moment.optional(),
          'When an operator last looked at the alarms: those told until then are over, and what they counted is counted anew. Others stand whatever is reloaded.',
        ),
      })
      .prefault({}),
    'What is an incident. A restart, or `looked_at` and a reload, says that an operator has looked.',
  ),
  classification: about(
    z
      .strictObject({
        promotion_threshold: about(
          count(1, 3),
          'Signs of promotion at which a message of a transactional class is prospecting.',
        ),
        same_text_recipients: about(
          count(1, 20),
          'People who may get the same text within an hour as correspondence; beyond it, it is a mailing.',
        ),
        promotion_tolerated: about(
          listOf(as.text),
          'Campaigns of a transactional class whose template somebody looked at: signs of promotion are only a warning.',
        ),
      })
      .prefault({}),
    'Whether a message is what its class says.',
  ),
  rules: about(
    z
      .record(z.string(), z.enum(ACTIONS))
      .default({})
      .meta({ 'x-type': `map of RULE-ID to ${ACTIONS.map((action) => `\`${action}\``).join(', ')}` }),
    'What is done when a rule fails, where it is not the default of the rule: `RULE-ID: reject | defer | warn | off`. Rules that protect an objection cannot be loosened.',
  ),
})
