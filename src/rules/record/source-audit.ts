import { isSupplied } from '../../domain/consent-record.js'
import { monthsLater } from '../../domain/paris-time.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type StatementRule } from '../rule.js'
import { runningHold } from '../running-hold.js'

/**
 * Whoever uses the data of others looks at how they collect, again and again (GDPR art. 7(1); CNIL SAN-2022-021, EDF;
 * SAN-2025-002, Caloga).
 */
export const sourceAudit: StatementRule = {
  id: 'SOURCE-AUDIT',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'data source not audited (GDPR art. 7(1))' },
  replies: { held: { code: 451, enhanced: '4.7.1', text: 'sending to the data of this source is suspended' } },
  sources: [
    'CPCE art. L.34-5',
    'GDPR art. 7(1)',
    'CNIL SAN-2022-021 (EDF)',
    'CNIL SAN-2024-003 (Foriou)',
    'CNIL SAN-2024-004 (Hubside)',
    'CNIL SAN-2025-001 (Solocal)',
    'CNIL SAN-2025-002 (Caloga)',
  ],
  hardFloor: false,
  coverage: 'attested',
  settings: ['partner.audit_max_age_months'],
  fr: {
    title: 'Fournisseur d’adresses non contrôlé',
    law: 'L’annonceur qui utilise les données d’un tiers s’assure lui-même que le consentement est valable ; une clause du contrat ne suffit pas.',
    check:
      'Pour une adresse reçue d’un tiers (`source_kind` ou `collection_context` le dit), la source nommée par la fiche doit être déclarée dans la configuration, avec un contrôle réussi de moins de six mois (policy.partner.audit_max_age_months) ; le dernier contrôle compte. Tant qu’une suspension vise la source (holds, scope source), les messages attendent : 451.',
    remedy: 'Contrôler les formulaires et des preuves par sondage, puis inscrire le contrôle dans `sources`.',
    passes: 'Collecta, contrôlée avec succès il y a deux mois.',
    fails: 'Collecta, contrôlée il y a huit mois ; ou dont le dernier contrôle a échoué.',
  },
  en: {
    title: 'Supplier of addresses not audited',
    law: 'An advertiser that uses the data of a third party makes sure by itself that consent is valid; a clause in the contract is not enough.',
    check:
      'For an address supplied by somebody else (`source_kind` or `collection_context` says so), the source the record names must be declared in the configuration with a check passed less than six months ago (policy.partner.audit_max_age_months); the last check counts. While a hold runs on the source (holds, scope source), messages wait: 451.',
    remedy: 'Check the forms and samples of proof, then enter the check under `sources`.',
    passes: 'Collecta, checked with success two months ago.',
    fails: 'Collecta, checked eight months ago; or whose last check failed.',
  },
  judge(facts) {
    const { record, site, policy, now } = facts
    const hold = runningHold(facts, ({ scope, id }) => scope === 'source' && id === record.sourcePartyId)
    if (hold !== undefined) {
      const since = isoMoment(hold.from)
      return { outcome: 'fail', detail: 'held', action: 'defer', evidence: { source: hold.id, since } }
    }
    if (!isSupplied(record)) return NOT_APPLICABLE
    const source = record.sourcePartyId === undefined ? undefined : site.sources.get(record.sourcePartyId)
    if (source === undefined) {
      return { outcome: 'fail', detail: 'source_not_declared', evidence: { column: 'source_party_id' } }
    }
    const [last] = source.audits
      .filter(({ at }) => at <= now)
      .toSorted((one, other) => other.at - one.at || Number(other.outcome === 'fail') - Number(one.outcome === 'fail'))
    if (last === undefined) return { outcome: 'fail', detail: 'never_audited', evidence: { source: source.id } }
    const until = monthsLater(last.at, policy.partner.auditMaxAgeMonths)
    const evidence = { source: source.id, audited: isoMoment(last.at), until: isoMoment(until) }
    if (last.outcome === 'fail') return { outcome: 'fail', detail: 'audit_failed', evidence }
    return now < until ? PASS : { outcome: 'fail', detail: 'audit_too_old', evidence }
  },
}
