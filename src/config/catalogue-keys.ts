/**
 * The settings that the catalogue of law names, and where each of them is here. Some are the action of a rule; some are not to
 * be set, because only one value is safe. Whoever writes a name of the catalogue is told.
 */

import { type Bilingual, type Language, LANGUAGES, said, SEMICOLON, typesetIn } from '../words/language.js'

export interface CatalogueKey {
  /** As the catalogue writes it. */
  readonly name: string
  /** Path of the setting, or what holds always. */
  readonly here: { readonly setting: string } | { readonly always: Bilingual }
}

const setting = (name: string, path: string): CatalogueKey => ({ name, here: { setting: path } })
/** Under the same name. */
const same = (...names: readonly string[]): CatalogueKey[] => names.map((name) => setting(name, `policy.${name}`))
const rule = (name: string, id: string): CatalogueKey => setting(name, `policy.rules.${id}`)
const always = (name: string, en: string, fr: string): CatalogueKey => ({
  name,
  here: { always: { en, fr: typesetIn('fr', fr) } },
})

export const CATALOGUE_KEYS: readonly CatalogueKey[] = [
  ...same('mode'),
  always(
    'fail',
    '`closed`: what cannot be established is answered 4xx',
    '`closed` : ce qui ne peut être établi reçoit 4xx',
  ),
  setting('sender_hold_hours', 'policy.sender_hold'),
  ...same('rcpt_limit.prospecting', 'rcpt_limit.transactional', 'b2b.mode', 'b2b.consumer_domains'),
  ...same('generic.enabled', 'generic.require_attention_subject', 'generic.retention_months'),
  ...same('reply.create_record', 'reply.extends_clock'),
  ...same('soft_opt_in.enabled', 'soft_opt_in.requires_purchase', 'soft_opt_in.same_legal_entity'),
  setting('soft_opt_in.clock_events', 'policy.soft_opt_in.clock'),
  ...same('non_commercial.enabled', 'partner.require_named_advertiser', 'partner.max_chain'),
  ...same('partner.audit_max_age_months', 'purchased.allow_with_individual_proof', 'legacy_import.allow'),
  ...same('consent.reopt_in_after_objection', 'consent.max_age_months', 'retention.months'),
  always(
    'retention.tz',
    '`Europe/Paris`: periods of French law end with a French day; another zone would end some of them later',
    '`Europe/Paris` : les délais du droit français finissent avec un jour français ; un autre fuseau en finirait certains plus tard',
  ),
  ...same('retention.warn_days_before', 'retention.repermission_after_expiry'),
  ...same('events.accept_open'),
  setting('events.bot_min_seconds', 'policy.events.bot_min'),
  rule('minors.under_15', 'MINOR-NO-PARENTAL'),
  rule('unsub.require_body', 'UNSUB-MISSING'),
  rule('unsub.require_header', 'UNSUB-HEADER'),
  rule('unsub.one_click', 'UNSUB-ONECLICK'),
  ...same('unsub.accept_mailto_only'),
  always(
    'unsub.min_lifetime_days',
    'without end: links of Aval do not expire',
    'sans fin : les liens d’Aval n’expirent pas',
  ),
  setting('unsub.feed_max_age_hours', 'policy.unsub.feed_max_age'),
  setting('unsub.honour_max_hours', 'policy.unsub.honour_max'),
  ...same('unsub.min_assurance'),
  always(
    'unsub.probe.method',
    '`differential`; a canary is asked as it stands where one is declared',
    '`differential` ; une adresse témoin est interrogée telle quelle là où il en est déclaré une',
  ),
  setting('unsub.probe.canary_url', 'advertisers.NAME.unsubscribe.canary_url'),
  setting('unsub.probe.timeout_ms', 'policy.unsub.probe.timeout'),
  setting('unsub.probe.inconclusive', 'policy.unsub.probe.unsettled'),
  ...same('unsub.probe.allow_hosts'),
  rule('identity.require_body', 'IDENTITY-HIDDEN'),
  rule('identity.from_domains', 'FROM-MISALIGNED'),
  rule('identity.siren', 'IDENTITY-INCOMPLETE'),
  rule('info.privacy_link', 'INFO-NOTICE-MISSING'),
  rule('info.source_first_message', 'SOURCE-NOT-STATED'),
  always('info.rights_text', '`warn`, as part of INFO-NOTICE-MISSING', '`warn`, dans INFO-NOTICE-MISSING'),
  rule('subject.fake_reply', 'SUBJECT-DECEPTIVE'),
  always('subject.unrelated', '`warn`, as part of SUBJECT-DECEPTIVE', '`warn`, dans SUBJECT-DECEPTIVE'),
  rule('tracking.pixel', 'TRACKING-PIXEL'),
  rule('recipients_disclosed', 'RECIPIENTS-DISCLOSED'),
  ...same('dkim.where', 'sms.enabled', 'sms.gateways', 'sms.short_codes', 'sms.hours'),
  always(
    'opposition.scope',
    '`advertiser`, for all its lists: less would not be lawful, and wider ones, and those of a whole domain, are recorded as such (`scope` and `address` of an import); a complaint as `policy.opposition.complaint_scope` says',
    '`advertiser`, pour toutes ses listes : moins serait illicite ; les plus larges, et celles de tout un domaine, sont inscrites comme telles (`scope` et `address` d’un import), un signalement selon `policy.opposition.complaint_scope`',
  ),
  always(
    'opposition.keep_years_min',
    'without end: a number of years would say when somebody who said no is written to again',
    'sans fin : un nombre d’années dirait quand on récrit à qui a dit non',
  ),
  always(
    'opposition.generic',
    '`true`: generic addresses too can object',
    '`true` : les adresses génériques peuvent s’opposer aussi',
  ),
  ...same('opposition.complaint_scope'),
  always(
    'evidence.clear_recipient',
    '`never`: the journal holds keyed hashes, which whoever asks about an address is found by; a clear one would only be one more thing to lose',
    '`never` : le journal tient des empreintes à clé, par lesquelles se retrouve qui demande pour une adresse ; une adresse en clair ne serait qu’une chose de plus à perdre',
  ),
  setting('evidence.keep_years', 'journal.keep_years'),
  setting('evidence.anchor', 'journal.anchors'),
  setting('log.redact_recipients', 'log.addresses'),
  always(
    'log.keep_months',
    'whoever receives the log keeps it: Aval writes to standard output alone',
    'qui reçoit le log le garde : Aval n’écrit que sur la sortie standard',
  ),
]

/** What is written in place of a name of the catalogue under `policy`; undefined for a name it does not have. */
export function insteadOf(key: string): Bilingual | undefined {
  const named = CATALOGUE_KEYS.filter(({ name }) => name === key || name.startsWith(`${key}.`))
  if (named.length === 0) return undefined
  const [en, fr] = LANGUAGES.map((language) => named.map((key) => whereIs(language, key)).join(SEMICOLON[language]))
  return { en: en!, fr: fr! }
}

function whereIs(language: Language, { name, here }: CatalogueKey): string {
  const what = 'setting' in here ? here.setting : here.always[language]
  return said(language, { en: '{name} is {what}', fr: '{name} → {what}' }, { name, what })
}
