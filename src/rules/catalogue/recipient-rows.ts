/** Rules about one recipient and what is on record about that person (group B). */
import type { CatalogueRow } from './row.js'

export const RECIPIENT_ROWS = [
  {
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
  },
  {
    id: 'OPPOSITION-LISTED',
    scope: 'recipient',
    stages: ['RCPT', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'recipient objected to prospecting (GDPR art. 21)' },
    sources: [
      'GDPR art. 21(2)-(3)',
      'CPCE art. L.34-5',
      'Code penal art. 226-18-1',
      'CNIL SAN-2021-021 (Free Mobile)',
      'CNIL SAN-2022-017 (Accor)',
    ],
    hardFloor: true,
    coverage: 'full',
    fr: {
      title: 'Opposition à la prospection',
      law: 'La personne peut s’opposer à tout moment à la prospection, sans motif ; prospecter malgré une opposition est un délit.',
      check:
        'Aval cherche l’adresse, sous toutes ses variantes (sous-adresse, points de Gmail), dans la liste d’opposition de l’annonceur, du routeur et de l’exploitant. Seul un consentement plus récent à ce type de message, recueilli directement et confirmé par double opt-in, l’emporte. La règle tient dans tous les modes.',
      remedy: 'Retirer l’adresse de la liste. Ne pas demander à la personne de se réinscrire.',
      passes: 'Opposition en mars, nouvelle inscription confirmée par double opt-in en juin, envoi en juillet.',
      fails: 'Opposition de jean+promo@x.example, envoi à jean@x.example.',
    },
    en: {
      title: 'Objection to prospecting',
      law: 'A person may object to prospecting at any time, without a reason; prospecting in spite of it is a criminal offence.',
      check:
        'Aval looks the address up under every spelling (sub-address, Gmail dots) in the objections of the advertiser, the router and the operator. Only a later consent to this kind of message, collected directly and confirmed by double opt-in, prevails. The rule holds in every mode.',
      remedy: 'Take the address off the list. Do not ask the person to subscribe again.',
      passes: 'Objection in March, a new subscription confirmed by double opt-in in June, message in July.',
      fails: 'Objection of jean+promo@x.example, message to jean@x.example.',
    },
  },
  {
    id: 'RECORD-TAMPERED',
    scope: 'recipient',
    stages: ['RCPT', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'consent record failed integrity check' },
    sources: ['GDPR art. 5(1)(f)', 'GDPR art. 5(2)', 'GDPR art. 32'],
    hardFloor: true,
    coverage: 'full',
    fr: {
      title: 'Fiche de consentement altérée',
      law: 'Le responsable garantit l’intégrité des données et doit pouvoir le démontrer.',
      check:
        'Chaque version de fiche porte un code lié à la précédente. Si le code d’une fiche de cette personne ne se vérifie pas, on ne sait plus ce qu’elle disait : peut-être un retrait. Rien ne part, dans aucun mode.',
      remedy: 'Prévenir l’exploitant : restaurer une sauvegarde intègre ou retrouver la clé, puis traiter l’incident.',
      passes: 'Toutes les fiches de la personne se vérifient.',
      fails: 'Une date de consentement a été corrigée à la main dans la base.',
    },
    en: {
      title: 'Consent record altered',
      law: 'The controller ensures the integrity of the data and must be able to show it.',
      check:
        'Each version of a record carries a code bound to the one before. When the code of any record about the person does not verify, what it said is no longer known: perhaps a withdrawal. Nothing is sent, in any mode.',
      remedy: 'Tell the operator: restore an intact backup or find the key, then handle the incident.',
      passes: 'Every record about the person verifies.',
      fails: 'A consent date was corrected by hand in the database.',
    },
  },
  {
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
  },
  {
    id: 'RETENTION-EXPIRED',
    scope: 'record',
    stages: ['RCPT', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'retention period ended; delete this address (GDPR art. 5(1)(e))' },
    sources: [
      'GDPR art. 5(1)(e)',
      'CNIL deliberation 2021-131',
      'CNIL SAN-2020-016 (Performeclic)',
      'CNIL SAN-2020-003 (Spartoo)',
    ],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Durée de conservation dépassée',
      law: 'Les données d’un prospect se conservent trois ans à compter de la collecte ou du dernier contact venant de lui ; celles d’un client, trois ans après la fin de la relation.',
      check:
        'L’échéance est recalculée à chaque envoi, en jours calendaires français, depuis la collecte ou le dernier contact actif. Une ouverture, un envoi, un clic de robot ou de désinscription ne comptent jamais ; pour un client, seuls un achat ou la fin du contrat comptent. Le jour anniversaire est déjà trop tard.',
      remedy:
        'Supprimer l’adresse. Avant l’échéance, un message de réinscription peut demander à la personne si elle souhaite continuer.',
      passes: 'Dernier clic sur une offre il y a trois ans moins un jour.',
      fails: 'Message ouvert hier, mais dernier clic il y a trente-sept mois.',
    },
    en: {
      title: 'Retention period ended',
      law: 'Data about a prospect may be kept three years from collection or the last contact that came from the person; about a customer, three years from the end of the relationship.',
      check:
        'The due date is computed anew for every message, in French calendar days, from collection or the last active contact. Opens, sends, robot clicks and unsubscribe clicks never count; for a customer only a purchase or the end of the contract does. The anniversary itself is too late.',
      remedy:
        'Delete the address. Before the due date, a re-permission message may ask whether the person wishes to go on.',
      passes: 'Last click on an offer three years less one day ago.',
      fails: 'A message opened yesterday, but the last click thirty-seven months ago.',
    },
  },
  {
    id: 'RETENTION-UNKNOWN',
    scope: 'record',
    stages: ['RCPT', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'no date from which retention can be counted (GDPR art. 5(2))' },
    sources: ['GDPR art. 5(1)(e)', 'GDPR art. 5(2)'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Point de départ de la conservation inconnu',
      law: 'Le responsable doit pouvoir démontrer que la durée de conservation est respectée.',
      check:
        'La fiche doit porter une date de collecte passée ; celle d’un client, en outre, une date d’achat ou de fin de contrat.',
      remedy: 'Compléter la fiche à partir de la preuve de collecte ou de la facture, ou supprimer l’adresse.',
      passes: 'Fiche client avec la date du dernier achat.',
      fails: 'Fiche importée sans date de collecte.',
    },
    en: {
      title: 'Start of the retention period unknown',
      law: 'The controller must be able to show that the retention period is respected.',
      check:
        'The record must carry a collection date in the past; that of a customer, also the date of a purchase or of the end of a contract.',
      remedy: 'Complete the record from the proof of collection or the invoice, or delete the address.',
      passes: 'A customer record with the date of the last purchase.',
      fails: 'A record imported without a collection date.',
    },
  },
  {
    id: 'CONSENT-PROOF-MISSING',
    scope: 'record',
    stages: ['RCPT', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'consent cannot be demonstrated (GDPR art. 7(1))' },
    sources: [
      'GDPR art. 5(2)',
      'GDPR art. 7(1)',
      'CNIL SAN-2020-016 (Performeclic)',
      'CNIL SAN-2022-021 (EDF)',
      'CNIL SAN-2025-001 (Solocal)',
    ],
    hardFloor: false,
    coverage: 'attested',
    fr: {
      title: 'Consentement non démontrable',
      law: 'Le responsable doit pouvoir démontrer que chaque personne a consenti.',
      check:
        'La fiche doit dire quand, comment et devant quelle information la personne a consenti, et désigner une preuve individuelle conservée (empreinte comprise). Un contrat ou une attestation de fournisseur ne suffit pas ; un consentement recueilli par un tiers doit avoir été vérifié.',
      remedy:
        'Compléter la fiche par la preuve (journal de formulaire, double opt-in, papier signé), ou recueillir un nouveau consentement.',
      passes: 'Journal de double opt-in, version de la notice, date et empreinte.',
      fails: 'Seule preuve : la facture du loueur de fichier.',
    },
    en: {
      title: 'Consent cannot be demonstrated',
      law: 'The controller must be able to demonstrate that each person consented.',
      check:
        'The record must say when, how and before which information the person consented, and name an individual proof that is kept (with its digest). A supplier’s contract or attestation is not enough; consent collected by a third party must have been verified.',
      remedy: 'Add the proof to the record (form log, double opt-in, signed paper), or collect consent anew.',
      passes: 'A double opt-in log, the version of the notice, the date and the digest.',
      fails: 'The only proof is the invoice of the list broker.',
    },
  },
  {
    id: 'ROUTER-SCOPE',
    scope: 'recipient',
    stages: ['RCPT', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'no valid prior consent on record for this recipient (CPCE L.34-5)' },
    answersAs: 'CONSENT-MISSING',
    sources: ['GDPR art. 5(1)(b)', 'GDPR art. 28(3)(a)', 'GDPR art. 28(10)'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Adresse connue pour un autre annonceur seulement',
      law: 'Le sous-traitant ne réutilise pas les données d’un client pour lui-même ni pour un autre.',
      check:
        'L’adresse figure au registre d’un autre annonceur, mais pas à celui pour lequel le message part. La réponse est mot pour mot celle de CONSENT-MISSING : l’expéditeur n’apprend rien du registre d’autrui. Le journal de l’exploitant garde la vraie règle.',
      remedy: 'Comme pour CONSENT-MISSING.',
      passes: 'La personne figure au registre d’Acme et le message part pour Acme.',
      fails: 'La personne a consenti pour Bravo, et la liste sert à Acme.',
    },
    en: {
      title: 'Address known for another advertiser only',
      law: 'A processor does not reuse one client’s data for itself or for another.',
      check:
        'The address is in another advertiser’s registry but not in that of the advertiser the message is for. The reply is word for word that of CONSENT-MISSING: the sender learns nothing about other registries. The operator’s log keeps the true rule.',
      remedy: 'As for CONSENT-MISSING.',
      passes: 'The person is in Acme’s registry and the message is for Acme.',
      fails: 'The person consented for Bravo, and the list is used for Acme.',
    },
  },
  {
    id: 'CONSENT-MISSING',
    scope: 'recipient',
    stages: ['RCPT', 'DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'no valid prior consent on record for this recipient (CPCE L.34-5)' },
    sources: [
      'CPCE art. L.34-5 al. 1-4',
      'GDPR art. 4(11)',
      'GDPR art. 6(1)(a)',
      'CNIL SAN-2020-018 (Nestor)',
      'CNIL SAN-2021-008 (Brico Prive)',
    ],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Pas de consentement préalable',
      law: 'La prospection par courriel est interdite envers qui n’a pas consenti au préalable à en recevoir par ce moyen, sauf client pour des produits analogues et exceptions légales.',
      check:
        'Une fiche en vigueur doit exister pour cet annonceur, cette adresse exacte et le canal e-mail, avec une base légale et une finalité admises pour la classe du message.',
      remedy:
        'Recueillir le consentement avant d’écrire, ou importer la fiche qui le prouve ; vérifier la classe déclarée du message.',
      passes: 'Fiche « own_offers » donnée par case à cocher, message de la classe prospecting_b2c.',
      fails: 'Inscription à une newsletter, utilisée pour envoyer des offres.',
    },
    en: {
      title: 'No prior consent',
      law: 'Prospecting by e-mail is forbidden towards anyone who did not consent beforehand to receive it by this means, except customers for analogous products and the exceptions of the law.',
      check:
        'A record in force must exist for this advertiser, this exact address and the e-mail channel, with a legal basis and a purpose admitted for the class of the message.',
      remedy:
        'Collect consent before writing, or import the record that proves it; check the declared class of the message.',
      passes: 'A record for own_offers given by ticking a box, a message of class prospecting_b2c.',
      fails: 'A newsletter subscription, used to send offers.',
    },
  },
  {
    id: 'RCPT-LIMIT',
    scope: 'recipient',
    stages: ['RCPT', 'DATA'],
    action: 'defer',
    reply: { code: 452, enhanced: '4.5.3', text: 'too many recipients for one message of this class' },
    sources: ['RFC 8058 sec. 3.1', 'RFC 5321 sec. 4.5.3.1.10', 'GDPR art. 32'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Trop de destinataires pour un message',
      law: 'Le lien de désinscription doit désigner la personne, et nul ne doit voir les autres destinataires.',
      check:
        'Un message de prospection porte un seul destinataire d’enveloppe (policy.rcpt_limit.prospecting) ; le surplus est renvoyé par 452 et sera présenté à part.',
      remedy: 'Envoyer un message par destinataire ; les MTA le font d’eux-mêmes sur 452.',
      passes: 'Un message, un destinataire.',
      fails: 'Le deuxième RCPT d’un message de prospection.',
    },
    en: {
      title: 'Too many recipients for one message',
      law: 'The unsubscribe link must identify the person, and nobody may see the other recipients.',
      check:
        'A prospecting message has a single envelope recipient (policy.rcpt_limit.prospecting); the others are put back with 452 and will be offered separately.',
      remedy: 'Send one message for each recipient; MTAs do so by themselves on 452.',
      passes: 'One message, one recipient.',
      fails: 'The second RCPT of a prospecting message.',
    },
  },
] as const satisfies readonly CatalogueRow[]
