/** Rules about what the message says (group C). */
import type { CatalogueRow } from './row.js'

export const MESSAGE_ROWS = [
  {
    id: 'PARSE-FAILED',
    scope: 'message',
    stages: ['DATA'],
    action: 'reject',
    reply: { code: 554, enhanced: '5.6.0', text: 'message cannot be inspected' },
    sources: ['GDPR art. 5(2)', 'RFC 5322', 'RFC 2045'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Message non inspectable',
      law: 'Le responsable doit pouvoir démontrer que ses messages respectent la loi : il faut pouvoir les lire.',
      check:
        'Le message doit être bien formé, ni chiffré, ni ambigu (un seul From, un seul Subject), dans un jeu de caractères connu, et montrer du texte.',
      remedy: 'Corriger le gabarit ou le logiciel d’envoi, puis renvoyer ; la preuve nomme le défaut.',
      passes: 'multipart/alternative en UTF-8, texte et HTML.',
      fails: 'Deux champs From.',
    },
    en: {
      title: 'Message cannot be inspected',
      law: 'The controller must be able to show that its messages respect the law: they have to be readable.',
      check:
        'The message must be well formed, neither encrypted nor ambiguous (one From, one Subject), in a known charset, and show text.',
      remedy: 'Correct the template or the sending software and send again; the evidence names the fault.',
      passes: 'multipart/alternative in UTF-8, text and HTML.',
      fails: 'Two From fields.',
    },
  },
  {
    id: 'IDENTITY-HIDDEN',
    scope: 'message',
    stages: ['DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'advertiser not identified in message (CPCE L.34-5)' },
    sources: ['CPCE art. L.34-5 al. 5', 'LCEN art. 20', 'Directive 2002/58/EC art. 13(4)'],
    hardFloor: false,
    coverage: 'heuristic',
    fr: {
      title: 'Annonceur non identifié',
      law: 'Il est interdit de dissimuler l’identité de la personne pour le compte de laquelle la communication est émise.',
      check:
        'La raison sociale ou une marque de l’annonceur doit se lire dans chaque version du message (texte et HTML) ; l’adresse From doit être à l’annonceur, ou son nom affiché dire « marque via routeur » ; le nom affiché ne doit ni porter une autre adresse ni le nom d’un autre.',
      remedy:
        'Nommer l’annonceur dans le corps, en texte visible ou en texte de remplacement d’image, et dans le nom de l’expéditeur.',
      passes: 'Nom affiché « Acme », pied de page « Acme SAS, Lyon » en texte et en HTML.',
      fails: 'Le nom de l’annonceur n’apparaît que dans une image sans texte de remplacement.',
    },
    en: {
      title: 'Advertiser not identified',
      law: 'Concealing the identity of the person on whose behalf the message is sent is forbidden.',
      check:
        'The legal name or a brand of the advertiser must be readable in each version of the message (text and HTML); the From address must be the advertiser’s, or its display name say “brand via router”; the display name must carry neither another address nor somebody else’s name.',
      remedy:
        'Name the advertiser in the body, in visible text or as the alt text of an image, and in the sender’s name.',
      passes: 'Display name “Acme”, footer “Acme SAS, Lyon” in text and HTML.',
      fails: 'The advertiser’s name is only in an image without alt text.',
    },
  },
  {
    id: 'FROM-MISALIGNED',
    scope: 'message',
    stages: ['DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'From domain does not belong to the advertiser (CPCE L.34-5)' },
    sources: ['CPCE art. L.34-5 al. 5', 'RFC 7489 sec. 3.1'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Domaine d’expédition étranger à l’annonceur',
      law: 'L’identité de l’annonceur ne doit pas être dissimulée ; l’adresse affichée en fait partie.',
      check:
        'Le domaine organisationnel du From doit être l’un de ceux déclarés pour l’annonceur (from_domains). Une enveloppe ou une signature DKIM d’un autre domaine n’est qu’un avertissement.',
      remedy: 'Déclarer le domaine de l’annonceur, ou écrire depuis un domaine déjà déclaré.',
      passes: 'From: news@news.acme.example, domaine déclaré news.acme.example.',
      fails: 'From: offres@routix.example pour le compte d’Acme.',
    },
    en: {
      title: 'From domain not the advertiser’s',
      law: 'The identity of the advertiser must not be concealed; the address shown is part of it.',
      check:
        'The organisational domain of From must be one of those declared for the advertiser (from_domains). An envelope or DKIM signature of another domain is only worth a warning.',
      remedy: 'Declare the advertiser’s domain, or write from one that is declared.',
      passes: 'From: news@news.acme.example, declared domain news.acme.example.',
      fails: 'From: offers@routix.example on behalf of Acme.',
    },
  },
  {
    id: 'UNSUB-MISSING',
    scope: 'message',
    stages: ['DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'no unsubscribe link in message body (CPCE L.34-5)' },
    sources: ['CPCE art. L.34-5 al. 4-5', 'GDPR art. 7(3)', 'GDPR art. 21(4)', 'CNIL SAN-2020-008 (Carrefour)'],
    hardFloor: false,
    coverage: 'heuristic',
    fr: {
      title: 'Pas de lien de désinscription',
      law: 'Chaque message offre un moyen gratuit, simple, direct et facilement accessible de ne plus en recevoir.',
      check:
        'Dans chaque version affichable, un lien visible doit dire, par ses mots ou par la phrase qui l’entoure, qu’il met fin aux envois, ou mener à l’adresse de List-Unsubscribe. Une adresse e-mail seule ne suffit pas, sauf réglage (policy.unsub.accept_mailto_only).',
      remedy:
        'Ajouter dans le texte et dans le HTML une phrase telle que « Pour ne plus recevoir nos messages, cliquez ici » avec un lien visible.',
      passes: '« Pour ne plus recevoir nos messages, cliquez ici », « cliquez ici » étant le lien.',
      fails: 'Le lien n’est que dans la version texte.',
    },
    en: {
      title: 'No unsubscribe link',
      law: 'Every message offers a free, simple, direct and easily accessible way to receive no more of them.',
      check:
        'In each version that may be displayed, a visible link must say, by its words or the sentence around it, that it ends the messages, or lead to the List-Unsubscribe address. An e-mail address alone is not enough unless so configured (policy.unsub.accept_mailto_only).',
      remedy:
        'Add to the text and to the HTML a sentence such as “To receive no more messages from us, click here” with a visible link.',
      passes: '“To receive no more messages from us, click here”, where “click here” is the link.',
      fails: 'The link is in the text version only.',
    },
  },
  {
    id: 'UNSUB-HEADER',
    scope: 'message',
    stages: ['DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'List-Unsubscribe with an https URI required (RFC 2369)' },
    sources: ['RFC 2369 sec. 3.2', 'GDPR art. 21', 'CPCE art. L.34-5 al. 4'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Champ List-Unsubscribe absent ou mal formé',
      law: 'L’opposition doit être effective ; les boîtes de réception proposent la désinscription à partir de ce champ.',
      check: 'Un seul champ List-Unsubscribe, non encodé, avec au moins une URI https entre chevrons.',
      remedy: 'Faire écrire le champ par le logiciel d’envoi : List-Unsubscribe: <https://…>.',
      passes: 'List-Unsubscribe: <https://www.acme.example/u/4f7a>, <mailto:stop@acme.example>',
      fails: 'List-Unsubscribe: <http://www.acme.example/u/4f7a>',
    },
    en: {
      title: 'List-Unsubscribe absent or malformed',
      law: 'Objection must be effective; mailboxes offer to unsubscribe from this field.',
      check: 'A single List-Unsubscribe field, not encoded, with at least one https URI in angle brackets.',
      remedy: 'Have the mailing software write the field: List-Unsubscribe: <https://…>.',
      passes: 'List-Unsubscribe: <https://www.acme.example/u/4f7a>, <mailto:stop@acme.example>',
      fails: 'List-Unsubscribe: <http://www.acme.example/u/4f7a>',
    },
  },
  {
    id: 'UNSUB-ONECLICK',
    scope: 'message',
    stages: ['DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'one-click unsubscribe required (RFC 8058)' },
    sources: ['RFC 8058 sec. 3.1', 'GDPR art. 12(2)', 'GDPR art. 21'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Désinscription en un clic absente ou mal formée',
      law: 'Le moyen de s’opposer doit être simple et direct ; la RFC 8058 en donne la forme.',
      check:
        'Le champ List-Unsubscribe-Post vaut exactement List-Unsubscribe=One-Click, une seule fois, et List-Unsubscribe porte une URI https et une seule, sans http. Une adresse en clair dans l’URI est un avertissement ; pour la prospection B2B, toute la règle en est un.',
      remedy: 'Activer la désinscription en un clic dans le logiciel d’envoi.',
      passes: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      fails: 'List-Unsubscribe-Post: list-unsubscribe=one-click',
    },
    en: {
      title: 'One-click unsubscribe absent or malformed',
      law: 'The means to object must be simple and direct; RFC 8058 gives its form.',
      check:
        'List-Unsubscribe-Post is exactly List-Unsubscribe=One-Click, once, and List-Unsubscribe has one https URI and only one, and no http. A clear address in the URI is worth a warning; for B2B prospecting the whole rule is.',
      remedy: 'Turn one-click unsubscribe on in the mailing software.',
      passes: 'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      fails: 'List-Unsubscribe-Post: list-unsubscribe=one-click',
    },
  },
  {
    id: 'UNSUB-LINK-DEAD',
    scope: 'link',
    stages: ['DATA'],
    action: 'reject',
    reply: { code: 550, enhanced: '5.7.1', text: 'unsubscribe link cannot work (CPCE L.34-5)' },
    sources: ['CPCE art. L.34-5 al. 5', 'GDPR art. 21', 'GDPR art. 12(2)', 'RFC 8058', 'CNIL SAN-2020-018 (Nestor)'],
    hardFloor: false,
    coverage: 'full',
    fr: {
      title: 'Lien de désinscription hors d’état',
      law: 'Le message donne des coordonnées valables auxquelles demander que les envois cessent : le lien doit fonctionner.',
      check:
        'Les liens de désinscription de l’en-tête et du corps sont jugés sur leur forme, sans jamais être appelés : https, sans identifiant ni port, vers un nom public qui appartient à l’annonceur ou qu’il a déclaré, sans champ de fusion resté vide. Un lien http dans le corps ne vaut qu’un avertissement. Ce que le serveur répond n’est pas encore vérifié.',
      remedy: 'Corriger le lien dans le gabarit, ou déclarer son nom d’hôte dans advertisers.<id>.unsubscribe.hosts.',
      passes: 'https://www.acme.example/u/4f7a9c, l’annonceur envoyant depuis news.acme.example.',
      fails: 'https://www.acme.example/u/{{token}}.',
    },
    en: {
      title: 'Unsubscribe link that cannot work',
      law: 'The message gives valid coordinates to which a request to stop can be sent: the link has to work.',
      check:
        'The unsubscribe links of header and body are judged by their form and never requested: https, without user name or port, to a public name that belongs to the advertiser or that it has declared, without an unfilled merge field. A plain http link in the body is only worth a warning. What the server answers is not checked yet.',
      remedy: 'Correct the link in the template, or declare its host name in advertisers.<id>.unsubscribe.hosts.',
      passes: 'https://www.acme.example/u/4f7a9c, the advertiser sending from news.acme.example.',
      fails: 'https://www.acme.example/u/{{token}}.',
    },
  },
] as const satisfies readonly CatalogueRow[]
