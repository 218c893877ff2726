import { PASS, type SenderRule } from '../rule.js'

/** Messages name people and carry their links: they travel encrypted, or over a network declared safe (GDPR art. 32). */
export const tlsRequired: SenderRule = {
  id: 'TLS-REQUIRED',
  scope: 'sender',
  stages: ['AUTH', 'MAIL', 'DATA'],
  action: 'reject',
  reply: { code: 538, enhanced: '5.7.11', text: 'encryption required: use STARTTLS' },
  sources: ['GDPR art. 32(1)(a)', 'CNIL SAN-2020-018 (Nestor)', 'RFC 4954 sec. 6', 'RFC 3207'],
  hardFloor: false,
  coverage: 'full',
  fr: {
    title: 'Transport non chiffré',
    law: 'Le responsable de traitement et son sous-traitant protègent les données par des mesures appropriées, dont le chiffrement.',
    check:
      'La session doit être sous TLS, venir de la machine elle-même, ou d’un réseau où le clair est admis par la configuration (listeners[].auth_without_tls_from).',
    remedy: 'Activer STARTTLS (ou SMTPS) dans le logiciel d’envoi, ou déclarer le réseau interne d’où il se connecte.',
    passes: 'Le logiciel d’envoi ouvre STARTTLS puis s’authentifie.',
    fails: 'Une session en clair depuis un autre réseau donne MAIL FROM.',
  },
  en: {
    title: 'Transport not encrypted',
    law: 'Controller and processor protect data by appropriate measures, encryption among them.',
    check:
      'The session must be under TLS, come from the machine itself, or from a network where the configuration permits clear text (listeners[].auth_without_tls_from).',
    remedy: 'Turn on STARTTLS (or SMTPS) in the mailing software, or declare the internal network it connects from.',
    passes: 'The mailing software opens STARTTLS, then logs in.',
    fails: 'A session in clear text from another network gives MAIL FROM.',
  },
  judge({ transport }) {
    if (transport === 'clear') return { outcome: 'fail', detail: 'clear_text' }
    return transport === 'tls' ? PASS : { outcome: 'pass', evidence: { exempt: transport } }
  },
}
