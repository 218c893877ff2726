import { isIndirect } from '../../domain/consent-record.js'
import { isFilled } from '../consent-basis.js'
import { PASS, type StatementRule } from '../rule.js'

/** Where an address comes from is on record (GDPR art. 14(2)(f), 15(1)(g)). */
export const sourceUnknown: StatementRule = {
  id: 'SOURCE-UNKNOWN',
  scope: 'record',
  stages: ['IMPORT', 'RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'source of the address not on record (GDPR art. 14(2)(f))' },
  sources: ['GDPR art. 14(2)(f)', 'GDPR art. 15(1)(g)', 'CNIL SAN-2020-016 (Performeclic)'],
  hardFloor: false,
  coverage: 'full',
  settings: ['legacy_import.allow'],
  fr: {
    title: 'Origine de l’adresse inconnue',
    law: 'La personne a le droit de savoir d’où vient son adresse ; le responsable doit donc le savoir.',
    check:
      'La fiche doit dire d’où vient l’adresse (`source_kind`) et, si elle ne vient pas de la personne, nommer la source (`source_party_id` ou `source_label`). Une liste ancienne sans origine n’entre qu’avec policy.legacy_import.allow, en `requested`, et n’autorise rien.',
    remedy: 'Compléter l’origine à partir de la preuve de collecte, ou supprimer l’adresse.',
    passes: 'Source `partner`, Collecta SARL.',
    fails: 'Source `partner`, sans nom.',
  },
  en: {
    title: 'Source of the address unknown',
    law: 'A person has the right to know where the address comes from; so the controller must know.',
    check:
      'The record must say where the address comes from (`source_kind`) and, unless that is the person, name the source (`source_party_id` or `source_label`). An old list without a source enters only with policy.legacy_import.allow, as `requested`, and authorises nothing.',
    remedy: 'Add the source from the proof of collection, or delete the address.',
    passes: 'Source `partner`, Collecta SARL.',
    fails: 'Source `partner`, without a name.',
  },
  judge({ record, policy }) {
    if (record.status === 'requested' && policy.legacyImport.allow) return PASS
    const { sourceKind, sourcePartyId, sourceLabel } = record
    if (sourceKind === undefined || sourceKind === 'unknown') {
      return { outcome: 'fail', detail: 'unknown', evidence: { column: 'source_kind' } }
    }
    if (!isIndirect(record) || isFilled(sourcePartyId) || isFilled(sourceLabel)) return PASS
    return { outcome: 'fail', detail: 'not_named', evidence: { column: 'source_party_id', sourceKind } }
  },
}
