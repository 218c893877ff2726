import { isProspecting } from '../../domain/message-class.js'
import { type LinkRule, NOT_APPLICABLE, PASS } from '../rule.js'

/** "Coordonnées valables": mail that a person sends to the addresses of the message gets there (CPCE L.34-5 al. 5). */
export const contactInvalid: LinkRule = {
  id: 'CONTACT-INVALID',
  scope: 'link',
  stages: ['DATA'],
  action: 'reject',
  reply: { code: 550, enhanced: '5.7.1', text: 'no address of the message takes mail (CPCE L.34-5)' },
  sources: ['CPCE art. L.34-5 al. 5', 'RFC 5321 sec. 5.1', 'RFC 7505'],
  hardFloor: false,
  coverage: 'full',
  settings: ['unsub.min_assurance'],
  fr: {
    title: 'Coordonnées qui ne reçoivent pas de courrier',
    law: 'Le message donne des coordonnées valables auxquelles le destinataire peut utilement demander que les envois cessent.',
    check:
      'Les domaines de Reply-To (ou de From), des adresses mailto de List-Unsubscribe et de l’adresse de contact de l’annonceur sont cherchés dans le DNS : MX, sinon A ou AAAA ; un MX nul refuse le courrier. Si aucun n’en reçoit, le message est refusé ; si l’un d’eux n’en reçoit pas, ou si la réponse va à une adresse « noreply » sans autre contact dans le corps, c’est un avertissement. Un DNS muet reporte. Un domaine dont un label peut désigner le destinataire n’est cherché que lorsque trois personnes l’ont en commun ; d’ici là il n’est pas connu. Rien n’est cherché quand unsub.min_assurance vaut 0.',
    remedy: 'Donner une adresse de réponse qui est lue, à un domaine dont les MX existent.',
    passes: 'Reply-To: service@acme.example, dont le domaine a un MX.',
    fails: 'From: news@acme.example, dont le domaine n’existe pas, sans autre adresse.',
  },
  en: {
    title: 'Coordinates that take no mail',
    law: 'The message gives valid coordinates to which a person can usefully send a request to stop.',
    check:
      'The domains of Reply-To (or From), of the mailto addresses in List-Unsubscribe and of the advertiser’s contact address are looked up in the DNS: MX, otherwise A or AAAA; a null MX refuses mail. Where none of them takes mail the message is refused; where one does not, or answers go to a noreply address and the body has no other contact, it is a warning. A silent DNS defers. A domain of which a label may name the recipient is looked up only once three people have it in common; until then it is not known. Nothing is looked up when unsub.min_assurance is 0.',
    remedy: 'Give an address for answers that is read, at a domain whose MX exist.',
    passes: 'Reply-To: service@acme.example, whose domain has an MX.',
    fails: 'From: news@acme.example, whose domain does not exist, and no other address.',
  },
  judge({ messageClass, contacts, contactPoints }) {
    if (!isProspecting(messageClass)) return NOT_APPLICABLE
    const { replyIsUnread, bodyHasContact } = contactPoints
    const mute = contacts.filter(({ takesMail }) => takesMail === 'no')
    const evidence = { domains: mute.map(({ where, domain }) => `${where} ${domain}`) }
    if (contacts.length > 0 && mute.length === contacts.length)
      return { outcome: 'fail', detail: 'no_contact', evidence }
    if (contacts.length > 0 && contacts.every(({ takesMail }) => takesMail !== 'yes'))
      return { outcome: 'unknown', cause: 'dns_silent' }
    if (mute.length > 0) return { outcome: 'fail', detail: 'takes_no_mail', evidence, warnOnly: true }
    if (replyIsUnread && !bodyHasContact) return { outcome: 'fail', detail: 'noreply_only', warnOnly: true }
    return PASS
  },
}
