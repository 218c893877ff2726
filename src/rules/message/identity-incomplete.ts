import type { Advertiser } from '../../domain/party.js'
import { mentionsAsWritten } from '../../domain/text.js'
import { standsIn, wordsOf } from '../company-name.js'
import { type MessageRule, PASS } from '../rule.js'

/** A company gives its registration number and the city of its seat (C. com. art. R.123-237; LCEN art. 19). */
export const identityIncomplete: MessageRule = {
  id: 'IDENTITY-INCOMPLETE',
  scope: 'message',
  stages: ['DATA'],
  action: 'warn',
  reply: { code: 550, enhanced: '5.7.1', text: 'SIREN or registered office missing in message (C. com. R.123-237)' },
  sources: ['Code de commerce art. R.123-237', 'LCEN art. 19'],
  hardFloor: false,
  coverage: 'full',
  channels: ['email'],
  fr: {
    title: 'Mentions de l’entreprise incomplètes',
    law: 'Les documents publicitaires et la correspondance d’une entreprise portent son numéro unique d’identification (SIREN) et le lieu de son siège.',
    check:
      'Le SIREN déclaré (seul, dans le SIRET ou dans le numéro de TVA) et la ville du siège doivent se lire dans chaque version du message. Un annonceur qui ne déclare ni l’un ni l’autre reçoit le même avertissement.',
    remedy: 'Ajouter au pied de page la raison sociale, le SIREN et la ville du siège, ou les déclarer (siren, seat).',
    passes: 'Acme SAS, 12 rue des Docks, 69009 Lyon, RCS Lyon 732 829 320',
    fails: 'Un pied de page avec la seule marque « Acme ».',
  },
  en: {
    title: 'Particulars of the company incomplete',
    law: 'Advertising and correspondence of a company carry its registration number (SIREN) and the place of its seat.',
    check:
      'The declared SIREN (by itself, within the SIRET or within the VAT number) and the city of the seat must be readable in each version of the message. An advertiser that declares neither gets the same warning.',
    remedy: 'Add legal name, SIREN and city of the seat to the footer, or declare them (siren, seat).',
    passes: 'Acme SAS, 12 rue des Docks, 69009 Lyon, RCS Lyon 732 829 320',
    fails: 'A footer with nothing but the brand “Acme”.',
  },
  judge({ advertiser, message }) {
    if (advertiser.siren === undefined && advertiser.seat === undefined) {
      return { outcome: 'fail', detail: 'particulars_not_declared' }
    }
    const missing = new Set(message.alternatives.flatMap(({ visibleText }) => missingIn(visibleText, advertiser)))
    if (missing.size === 0) return PASS
    const detail = missing.size > 1 ? 'siren_and_seat_absent' : missing.has('siren') ? 'siren_absent' : 'seat_absent'
    return { outcome: 'fail', detail, evidence: { missing: [...missing] } }
  },
}

type Particular = 'siren' | 'seat'

/** 732 829 320, 732.829.320; within a SIRET or a VAT number more digits stand beside it. */
const DIGITS = /\d(?:[\s.\u00a0\u202f-]?\d){8,}/g

function missingIn(text: string, { siren, seat }: Advertiser): readonly Particular[] {
  const missing: Particular[] = []
  if (siren !== undefined && !hasNumber(siren, text)) missing.push('siren')
  if (seat !== undefined && !mentionsAsWritten(text, seat) && !standsIn(wordsOf(seat), wordsOf(text)))
    missing.push('seat')
  return missing
}

function hasNumber(siren: string, text: string): boolean {
  if (text.includes(siren)) return true
  for (const [digits] of text.matchAll(DIGITS)) if (digits.replace(/\D/g, '').includes(siren)) return true
  return false
}
