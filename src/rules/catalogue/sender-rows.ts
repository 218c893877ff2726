/** Rules about who sends, for whom, under which contract (group A). */
import type { CatalogueRow } from './row.js'

export const SENDER_ROWS = [
  {
    id: 'SENDER-UNAUTH',
    scope: 'sender',
    stages: ['MAIL', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'sender domain not authorised for this credential' },
    replies: {
      no_credential: { code: 530, enhanced: '5.7.0', text: 'authentication required' },
      credential_unusable: { code: 535, enhanced: '5.7.8', text: 'credential not valid here and now' },
      null_reverse_path: { code: 550, enhanced: '5.7.1', text: 'null reverse-path not allowed in this class' },
    },
    sources: ['GDPR art. 5(1)(f)', 'GDPR art. 28(1)', 'GDPR art. 32(1)', 'RFC 4954'],
    hardFloor: true,
    coverage: 'full',
    fr: {
      title: 'Expéditeur inconnu ou hors de ses droits',
      law: 'Le responsable de traitement ne confie ses données qu’à des prestataires qu’il connaît et qui présentent des garanties suffisantes.',
      check:
        'Aval exige un identifiant en cours de validité, utilisé depuis un réseau autorisé, et un domaine d’enveloppe (MAIL FROM) qui lui est ouvert ; l’enveloppe vide n’est admise que pour les messages transactionnels et légaux.',
      remedy:
        'S’authentifier, faire prolonger l’identifiant, ou demander à l’exploitant d’ajouter le domaine d’expédition à sender_domains.',
      passes: 'Le routeur authentifié envoie depuis bounce.acme.example, domaine déclaré pour son identifiant.',
      fails: 'Le même identifiant envoie depuis autre.example, que personne n’a déclaré.',
    },
    en: {
      title: 'Sender unknown or outside its rights',
      law: 'A controller entrusts data only to processors it knows and that offer sufficient guarantees.',
      check:
        'Aval requires a credential in force, used from a permitted network, and an envelope domain (MAIL FROM) open to it; the null reverse-path is for transactional and legal messages only.',
      remedy: 'Log in, have the credential renewed, or ask the operator to add the sending domain to sender_domains.',
      passes: 'The authenticated router sends from bounce.acme.example, a domain declared for its credential.',
      fails: 'The same credential sends from other.example, which nobody declared.',
    },
  },
  {
    id: 'ADVERTISER-UNDECLARED',
    scope: 'sender',
    stages: ['MAIL', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'declare the advertiser of this message' },
    replies: {
      incomplete: { code: 550, enhanced: '5.7.1', text: 'the particulars of the advertiser are incomplete' },
    },
    sources: ['CPCE art. L.34-5 al. 5', 'LCEN art. 20'],
    // Without an advertiser no objection can be looked up, and objections hold in every mode.
    hardFloor: ['undeclared', 'not_represented'],
    coverage: 'full',
    fr: {
      title: 'Annonceur non déclaré',
      law: 'Il est interdit de dissimuler l’identité de la personne pour le compte de laquelle la communication est émise.',
      check:
        'Aval doit savoir pour quel annonceur le message part : le seul de l’identifiant, ou celui que nomme X-Aval-Advertiser parmi ceux qu’il représente ; sa raison sociale, sa page de confidentialité et son adresse de contact doivent être renseignées, faute de quoi la réponse est 451 pendant policy.sender_hold, puis 550.',
      remedy: 'Ajouter le champ X-Aval-Advertiser, ou compléter la fiche de l’annonceur dans la configuration.',
      passes: 'L’identifiant représente Acme seule, et la fiche d’Acme est complète.',
      fails: 'L’identifiant représente Acme et Bravo, et le message ne dit pas pour laquelle il part.',
    },
    en: {
      title: 'Advertiser not declared',
      law: 'Concealing the identity of the person on whose behalf the message is sent is forbidden.',
      check:
        'Aval must know for which advertiser the message is sent: the only one of the credential, or the one X-Aval-Advertiser names among those it represents; its legal name, privacy page and contact address must be on file; while they are not, the answer is 451 for policy.sender_hold, then 550.',
      remedy: 'Add the X-Aval-Advertiser field, or complete the advertiser in the configuration.',
      passes: 'The credential represents Acme alone, and Acme’s particulars are complete.',
      fails: 'The credential represents Acme and Bravo, and the message does not say which.',
    },
  },
  {
    id: 'CONTRACT-MISSING',
    scope: 'sender',
    stages: ['MAIL', 'DATA'],
    action: 'defer',
    reply: { code: 451, enhanced: '4.7.1', text: 'no processor contract in force for this advertiser (GDPR art. 28)' },
    sources: ['GDPR art. 28(3)', 'CNIL SAN-2020-016 (Performeclic)'],
    hardFloor: false,
    coverage: 'attested',
    fr: {
      title: 'Pas de contrat de sous-traitance en vigueur',
      law: 'Le recours à un routeur est régi par un contrat écrit qui lie le sous-traitant au responsable de traitement.',
      check:
        'Quand le routeur n’est pas l’annonceur, un contrat déclaré, signé, non échu et dont l’empreinte du document est connue doit exister entre eux. L’oubli est d’abord temporaire (451) puis, passé policy.sender_hold, définitif (550).',
      remedy:
        'Déclarer le contrat renouvelé, avec ses dates et l’empreinte SHA-256 du document signé ; rien n’est perdu tant que la réponse est 451.',
      passes: 'Le contrat entre Acme et Routix court jusqu’au 10 janvier 2027 et le message part en novembre 2026.',
      fails: 'Le contrat est arrivé à échéance hier : 451, et aucun destinataire n’est rejeté.',
    },
    en: {
      title: 'No processor contract in force',
      law: 'Processing by a router is governed by a written contract that binds the processor to the controller.',
      check:
        'Where the router is not the advertiser, a declared contract must exist between them: signed, not lapsed, its document digest on file. A lapse is temporary at first (451) and, after policy.sender_hold, permanent (550).',
      remedy:
        'Declare the renewed contract with its dates and the SHA-256 of the signed document; nothing is lost while the reply is 451.',
      passes: 'The contract between Acme and Routix runs to 10 January 2027 and the message is sent in November 2026.',
      fails: 'The contract lapsed yesterday: 451, and no recipient is bounced.',
    },
  },
] as const satisfies readonly CatalogueRow[]
