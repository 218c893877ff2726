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
  settings: ['incidents.altered_records'],
  fr: {
    title: 'Registre illisible',
    law: 'La protection des données est assurée dès la conception et par défaut : dans le doute, on n’envoie pas.',
    check:
      'Quand le registre des consentements et des oppositions ne répond pas, Aval ne laisse rien passer et ne refuse rien définitivement. De même quand on ne peut s’y fier : la copie est plus ancienne que ce qui y a été écrit, trop de fiches altérées en dix minutes (incidents.altered_records), ou l’horloge a sauté de plus d’un jour ; cela dure jusqu’à ce que l’exploitant ait regardé et l’ait dit (incidents.looked_at, puis rechargement).',
    remedy: 'Rien : le logiciel d’envoi réessaiera. L’exploitant consulte son journal.',
    passes: 'Le registre répond, même pour dire qu’il ne connaît pas l’adresse.',
    fails: 'La base est verrouillée : 451, le message sera présenté de nouveau.',
  },
  en: {
    title: 'Registry not readable',
    law: 'Data protection is ensured by design and by default: in doubt, nothing is sent.',
    check:
      'When the registry of consents and objections does not answer, Aval lets nothing through and refuses nothing for good. Nor where it cannot be relied on: the copy is older than what was written, too many altered records within ten minutes (incidents.altered_records), or the clock has jumped by more than a day; that lasts until the operator has looked and said so (incidents.looked_at, then a reload).',
    remedy: 'Nothing: the mailing software will try again. The operator looks at the log.',
    passes: 'The registry answers, even to say that it does not know the address.',
    fails: 'The database is locked: 451, the message will be offered again.',
  },
  judge({ registry, distrust }) {
    return registry === undefined ? { outcome: 'unknown', cause: distrust ?? 'registry_not_readable' } : PASS
  },
}
