import type { LastContact } from '../../domain/contact-event.js'
import type { ConsentRecord } from '../../domain/consent-record.js'
import { NOT_APPLICABLE, PASS, type RecordFacts, type RecordRule } from '../rule.js'

const PURCHASES: ReadonlySet<LastContact['type']> = new Set([
  'purchase',
  'order',
  'contract_signed',
  'contract_renewed',
])

/** Only whoever bought is a customer (CPCE L.34-5 al. 4; CNIL SAN-2020-018, Nestor; SAN-2021-008, Brico Prive). */
export const softOptinNotCustomer: RecordRule = {
  id: 'SOFT-OPTIN-NOT-CUSTOMER',
  scope: 'record',
  stages: ['RCPT', 'DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'not a customer: prior consent required (CPCE L.34-5 al. 4)' },
  sources: [
    'CPCE art. L.34-5 al. 4',
    'CNIL SAN-2020-018 (Nestor)',
    'CNIL SAN-2021-008 (Brico Prive)',
    'CJEU C-654/23 (Inteligo)',
  ],
  hardFloor: false,
  coverage: 'attested',
  settings: ['soft_opt_in.requires_purchase'],
  fr: {
    title: 'Pas encore cliente',
    law: 'L’exception vaut pour les coordonnées recueillies à l’occasion d’une vente ou d’une prestation : un compte sans commande n’est qu’un prospect.',
    check:
      'La fiche d’un client doit porter une date d’achat passée, ou un achat figurer parmi ses contacts ; que l’adresse ait été donnée avec une commande ne dit pas que celle-ci a abouti. Panier abandonné, devis, essai gratuit, commande annulée ne sont pas des achats. Avec policy.soft_opt_in.requires_purchase à `false`, un compte suffit.',
    remedy: 'Recueillir le consentement, ou compléter la date du premier achat, facture à l’appui.',
    passes: 'Première commande l’an dernier.',
    fails: 'Compte créé, panier abandonné.',
  },
  en: {
    title: 'Not a customer yet',
    law: 'The exception is for addresses collected on the occasion of a sale or service: an account without an order is a mere prospect.',
    check:
      'The record of a customer must carry the date of a purchase in the past, or a purchase be among the contacts; that the address was given with an order does not say that it went through. An abandoned cart, a quote, a free trial, a cancelled order are none. With policy.soft_opt_in.requires_purchase `false`, an account is enough.',
    remedy: 'Collect consent, or add the date of the first purchase, from the invoice.',
    passes: 'A first order last year.',
    fails: 'An account created, a cart abandoned.',
  },
  judge(facts) {
    const { record, policy } = facts
    if (record.legalBasis !== 'existing_customer') return NOT_APPLICABLE
    if (hasBought(facts)) return PASS
    if (!policy.softOptIn.requiresPurchase && record.collectionContext === 'account_creation') return PASS
    const { firstPurchaseAt } = record.customer ?? {}
    const detail = firstPurchaseAt === undefined ? 'no_purchase' : 'purchase_in_future'
    return { outcome: 'fail', detail, evidence: { column: 'customer_first_purchase_at' } }
  },
}

function hasBought({ record, contacts, now }: RecordFacts): boolean {
  return (
    purchasesOf(record).some((at) => at <= now) || contacts.some(({ type, at }) => PURCHASES.has(type) && at <= now)
  )
}

function purchasesOf({ customer }: ConsentRecord): number[] {
  return [customer?.firstPurchaseAt, customer?.lastPurchaseAt].filter((at) => at !== undefined)
}
