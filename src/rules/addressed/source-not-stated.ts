import { type ConsentRecord, isIndirect } from '../../domain/consent-record.js'
import { isProspecting } from '../../domain/message-class.js'
import type { Site } from '../../domain/party.js'
import { type Named, isNamedIn } from '../company-name.js'
import { type AddressedRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** The first message to a person says from whom the address comes (GDPR art. 14(2)(f), 14(3)(b)). */
export const sourceNotStated: AddressedRule = {
  id: 'SOURCE-NOT-STATED',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'first message must name the source of the address (GDPR art. 14)' },
  sources: ['GDPR art. 14(2)(f)', 'GDPR art. 14(3)(a)-(b)', 'CNIL SAN-2022-021 (EDF)'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Origine de l’adresse non indiquée',
    law: 'Quand les données viennent d’un autre que la personne, celle-ci apprend leur source au plus tard lors de la première communication. « Un organisme spécialisé dans l’enrichissement de données » est trop vague.',
    check:
      'Tant qu’aucun message parti vers cette personne n’a nommé la source, chaque version du message doit nommer le partenaire (raison sociale ou marque) ou la source écrite au registre. Ensuite, la règle est remplie.',
    remedy: 'Écrire par exemple « Votre adresse nous a été transmise par Collecta, à qui vous l’avez confiée ».',
    passes: 'Vous recevez ce message car Collecta nous a transmis votre adresse.',
    fails: 'Vous recevez ce message car votre adresse figure chez l’un de nos partenaires.',
  },
  en: {
    title: 'Source of the address not stated',
    law: 'Where data come from somebody else, the person learns their source at the latest with the first communication. “A body specialised in data enrichment” is too vague.',
    check:
      'As long as no message that left for this person has named the source, each version of the message must name the partner (legal name or brand) or the source written in the registry. After that the rule is met.',
    remedy: 'Write for instance “Collecta, to whom you gave your address, passed it on to us”.',
    passes: 'You get this message because Collecta passed your address on to us.',
    fails: 'You get this message because one of our partners has your address.',
  },
  judge({ messageClass, record, history, site, excerpt }) {
    if (!isProspecting(messageClass) || record === undefined || !isIndirect(record)) return NOT_APPLICABLE
    if (history.kind === 'unreadable') return { outcome: 'unknown', cause: 'history_not_readable' }
    if (history.kind === 'known' && history.messages.some(({ statedSource }) => statedSource)) return PASS
    const source = sourceOf(record, site)
    if (source === undefined) return { outcome: 'unknown', cause: 'source_not_on_record' }
    const silent = excerpt.readings.find(({ visibleText }) => !isNamedIn(source, visibleText))
    if (silent === undefined && excerpt.readings.length > 0) return PASS
    return {
      outcome: 'fail',
      detail: 'source_not_named',
      evidence: { source: record.sourcePartyId ?? '', ...(silent && { alternative: silent.kind }) },
    }
  },
}

/** The declared company; else what the registry calls the source. */
function sourceOf({ sourcePartyId, sourceLabel }: ConsentRecord, { sources }: Site): Named | undefined {
  const party = sourcePartyId === undefined ? undefined : sources.get(sourcePartyId)
  if (party !== undefined) return party
  return sourceLabel === undefined ? undefined : { legalName: sourceLabel, brands: [] }
}
