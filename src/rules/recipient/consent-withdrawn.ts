import type { ConsentRecord } from '../../domain/consent-record.js'
import { isProspecting } from '../../domain/message-class.js'
import { sharesPurpose } from '../admissible-basis.js'
import { asToObjectors } from '../carried-promotion.js'
import { isGivenAnew } from '../given-anew.js'
import { isoMoment } from '../moment.js'
import { NOT_APPLICABLE, PASS, type RecipientFacts, type RecipientRule } from '../rule.js'

/**
 * A withdrawal ends all prospecting by the advertiser on the channel, whatever other record there is (GDPR art. 7(3)). A
 * refusal, an invalidation or an expiry says nothing about other purposes, and ends its own.
 */
export const consentWithdrawn: RecipientRule = {
  id: 'CONSENT-WITHDRAWN',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'consent is no longer in force for this recipient (GDPR art. 7(3))' },
  sources: ['GDPR art. 7(3)', 'CPCE art. L.34-5 al. 2'],
  hardFloor: true,
  coverage: 'full',
  fr: {
    title: 'Consentement retiré',
    law: 'La personne peut retirer son consentement à tout moment, aussi simplement qu’elle l’a donné.',
    check:
      'Un retrait inscrit pour cet annonceur et ce canal arrête toute sa prospection ; un refus, une invalidation ou une expiration arrête ce qui portait sur la même finalité. Seul un consentement postérieur recueilli directement y met fin ; un fichier de partenaire réimporté n’y change rien.',
    remedy:
      'Retirer l’adresse de la liste ; enregistrer le nouveau consentement s’il y en a un, avec sa date et sa preuve.',
    passes: 'Retrait en mars, nouveau consentement sur le site de l’annonceur en juin.',
    fails: 'Retrait en mars, adresse revenue en juin par le fichier d’un partenaire.',
  },
  en: {
    title: 'Consent withdrawn',
    law: 'A person may withdraw consent at any time, as easily as it was given.',
    check:
      'A withdrawal on record for this advertiser and channel ends all its prospecting; a refusal, invalidation or expiry ends what had the same purpose. Only a later consent collected directly undoes it; a partner file imported again does not.',
    remedy: 'Take the address off the list; record the new consent, with its date and proof, if there is one.',
    passes: 'Withdrawn in March, consent given anew on the advertiser’s site in June.',
    fails: 'Withdrawn in March, the address came back in June in a partner’s file.',
  },
  judge(sent) {
    const facts = asToObjectors(sent)
    const { messageClass, registry } = facts
    if (registry === undefined || !isProspecting(messageClass)) return NOT_APPLICABLE
    const ended = registry.records.find(
      ({ record }) =>
        hasEnded(facts, record) && !registry.records.some((onFile) => isGivenAnew(facts, onFile, record.createdAt)),
    )
    if (ended === undefined) return PASS
    const { record } = ended
    return {
      outcome: 'fail',
      detail: record.status,
      evidence: { record: `${record.id}/${record.version}`, since: isoMoment(record.createdAt) },
    }
  },
}

function hasEnded(facts: RecipientFacts, record: ConsentRecord): boolean {
  if (record.advertiserId !== facts.advertiser.id || record.channel !== facts.channel) return false
  switch (record.status) {
    case 'withdrawn':
      return true
    case 'refused':
    case 'invalidated':
    case 'expired':
      return sharesPurpose(facts, record)
    case 'requested':
    case 'given':
    case 'reconfirmed':
    case 'erased':
      return false
  }
}
