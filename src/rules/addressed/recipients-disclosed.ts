import { type CanonicalAddress, domainOf, readAddress } from '../../domain/address.js'
import { isProspecting } from '../../domain/message-class.js'
import { isWithin } from '../organisational-domain.js'
import { type AddressedFacts, type AddressedRule, PASS } from '../rule.js'

/** Nobody learns who else is written to (GDPR art. 5(1)(f), 32). */
export const recipientsDisclosed: AddressedRule = {
  id: 'RECIPIENTS-DISCLOSED',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'visible recipients must be the single addressee (GDPR art. 32)' },
  sources: ['GDPR art. 5(1)(f)', 'GDPR art. 32', 'GDPR art. 33'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Autres destinataires visibles',
    law: 'Les données sont traitées de façon confidentielle : montrer à chacun l’adresse des autres est une violation de données.',
    check:
      'En prospection, To, Cc, Resent-To, Resent-Cc et Apparently-To ne montrent que l’adresse du destinataire ; une adresse d’un domaine de l’annonceur, qui n’est celle de personne d’autre, et « undisclosed-recipients:; » sont admises. Dans toutes les classes, un champ Bcc ou Resent-Bcc ne doit pas partir.',
    remedy: 'Envoyer un message par personne, avec sa seule adresse dans To.',
    passes: 'To: jean.dupont@client.example',
    fails: 'To: jean.dupont@client.example, marie.durand@client.example',
  },
  en: {
    title: 'Other recipients visible',
    law: 'Data are processed in confidence: to show everyone the addresses of the others is a personal data breach.',
    check:
      'In prospecting, To, Cc, Resent-To, Resent-Cc and Apparently-To show the address of the recipient only; an address at a domain of the advertiser, which is nobody else’s, and “undisclosed-recipients:;” are admitted. In every class, no Bcc or Resent-Bcc field must leave.',
    remedy: 'Send one message for each person, with that address alone in To.',
    passes: 'To: jean.dupont@client.example',
    fails: 'To: jean.dupont@client.example, marie.durand@client.example',
  },
  judge(facts) {
    const { messageClass, excerpt } = facts
    if (excerpt.hasBcc) return { outcome: 'fail', detail: 'bcc_field' }
    if (!isProspecting(messageClass)) return PASS
    if (excerpt.shownRecipientCount > excerpt.shownRecipients.length) return tooMany(excerpt.shownRecipientCount)
    const shown = excerpt.shownRecipients.map(readAddress)
    const others = shown.filter((address) => address !== facts.recipient && !isOwn(address, facts))
    if (others.length > 1) return tooMany(excerpt.shownRecipientCount)
    return others.length === 1 ? { outcome: 'fail', detail: 'other_address' } : PASS
  },
}

function tooMany(count: number) {
  return { outcome: 'fail', detail: 'several_addresses', evidence: { shown: count } } as const
}

function isOwn(address: CanonicalAddress | undefined, { advertiser }: AddressedFacts): boolean {
  return address !== undefined && isWithin(domainOf(address), advertiser.fromDomains)
}
