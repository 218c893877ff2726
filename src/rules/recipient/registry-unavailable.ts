import { PASS, type RecipientRule } from '../rule.js'

/** Nothing is sent, and nothing refused for good, while the registry cannot be read (GDPR art. 25, 32; promise I3). */
export const registryUnavailable: RecipientRule = {
  id: 'REGISTRY-UNAVAILABLE',
  scope: 'recipient',
  stages: ['RCPT', 'DATA'],
  action: 'defer',
  reply: { code: 451, enhanced: '4.3.0', text: 'registry not readable, try later' },
  sources: ['GDPR art. 25', 'GDPR art. 32'],
  hardFloor: true,
  coverage: 'full',
  fr: {
    title: 'Registre illisible',
    law: 'La protection des données est assurée dès la conception et par défaut : dans le doute, on n’envoie pas.',
    check:
      'Quand le registre des consentements et des oppositions ne répond pas, Aval ne laisse rien passer et ne refuse rien définitivement.',
    remedy: 'Rien : le logiciel d’envoi réessaiera. L’exploitant consulte son journal.',
    passes: 'Le registre répond, même pour dire qu’il ne connaît pas l’adresse.',
    fails: 'La base est verrouillée : 451, le message sera présenté de nouveau.',
  },
  en: {
    title: 'Registry not readable',
    law: 'Data protection is ensured by design and by default: in doubt, nothing is sent.',
    check:
      'When the registry of consents and objections does not answer, Aval lets nothing through and refuses nothing for good.',
    remedy: 'Nothing: the mailing software will try again. The operator looks at the log.',
    passes: 'The registry answers, even to say that it does not know the address.',
    fails: 'The database is locked: 451, the message will be offered again.',
  },
  judge({ registry }) {
    return registry === undefined ? { outcome: 'unknown', cause: 'registry_not_readable' } : PASS
  },
}
