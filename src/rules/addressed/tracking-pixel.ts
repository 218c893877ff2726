import { type AddressedRule, PASS } from '../rule.js'

/** Measuring who opens a message needs consent of its own (LIL art. 82; CNIL deliberation 2026-042). */
export const trackingPixel: AddressedRule = {
  id: 'TRACKING-PIXEL',
  scope: 'addressed',
  stages: ['DATA'],
  action: 'warn',
  reply: { code: 550, enhanced: '5.7.1', text: 'individual open tracking without consent (LIL art. 82)' },
  sources: ['Loi Informatique et Libertés art. 82', 'CNIL deliberation 2026-042'],
  hardFloor: false,
  coverage: 'heuristic',
  channels: ['email'],
  fr: {
    title: 'Pixel de suivi sans consentement',
    law: 'Savoir qui ouvre un message suppose une lecture dans le terminal de la personne : il y faut un consentement distinct, sauf sécurité, taux global ou simple hygiène des listes.',
    check:
      'Aval cherche une image d’au plus 2 × 2 pixels ou cachée, à moins que son adresse ne soit celle d’un fichier du gabarit, le même pour tous (spacer.gif), ou une image servie par un hôte de suivi connu, dont l’adresse porte un jeton propre à la personne. L’enregistrement doit alors avoir la finalité open_tracking.',
    remedy:
      'Désactiver le suivi individuel des ouvertures, ou recueillir ce consentement et l’importer (purposes: open_tracking).',
    passes: 'Des images de l’offre, sans pixel.',
    fails: '<img src="https://t.routix.example/o/8fK2x9Qa71LmZ" width="1" height="1">',
  },
  en: {
    title: 'Tracking pixel without consent',
    law: 'To know who opens a message is to read from the person’s device: it needs consent of its own, but for security, an overall rate or plain list hygiene.',
    check:
      'Aval looks for an image of at most 2 × 2 pixels or hidden, unless its address is that of a file of the template, the same for everybody (spacer.gif), or an image from a known tracking host whose address bears a token of the person. The record must then have the purpose open_tracking.',
    remedy: 'Switch individual open tracking off, or collect that consent and import it (purposes: open_tracking).',
    passes: 'Pictures of the offer, no pixel.',
    fails: '<img src="https://t.routix.example/o/8fK2x9Qa71LmZ" width="1" height="1">',
  },
  judge({ excerpt, record }) {
    const { trackingHosts } = excerpt
    if (trackingHosts.length === 0 || record?.purposes.includes('open_tracking') === true) return PASS
    return {
      outcome: 'fail',
      detail: 'no_consent_to_tracking',
      evidence: { hosts: trackingHosts },
      quote: trackingHosts.join(', '),
    }
  },
}
