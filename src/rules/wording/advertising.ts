/**
 * Words by which advertising is known as such (LCEN art. 20), and what it disguises itself as when it does not want to be.
 * Read against folded text.
 */
import { fold } from '../../domain/text.js'

const ADVERTISING = anyOf([
  /\b(?:offres?|promo(?:tion|s|tions)?|publicit\w*|publi-?redactionnel|newsletters?|lettre d'information|infolettre|commercial\w*|soldes|remises?|reductions?|nouveautes?|catalogue|bon d'achat|code promo|partenaires?|decouvrez|profitez|boutique|tarifs?|prix)\b/,
  /\b(?:offers?|deals?|promotional|advert\w*|sponsored|discounts?|sale|coupons?|marketing|subscribers?|shop|webinar|invitation|invite[sd]?)\b/,
  /\b(?:angebote?|werbung|anzeige|rabatte?|aktion|neuheiten|gutschein\w*)\b/,
  /\b(?:ofertas?|promocion\w*|publicidad|descuentos?|novedades|boletin)\b/,
  /\b(?:offert[ae]|promozion\w*|pubblicita|sconti?|novita)\b/,
  /\b(?:aanbieding\w*|reclame|korting\w*|nieuwsbrief)\b/,
  /\b(?:promoc\w+|publicidade|descontos?|novidades|boletim)\b/,
  /\b(?:ofert[aey]\w*|promocj\w+|reklam\w+|rabat\w*|newsletter\w*)\b/,
])

/** What a message pretends to be, by its subject. Firm phrases only: an offer may speak of invoices. */
const DISGUISES: readonly (readonly [as: string, words: RegExp])[] = [
  [
    'unpaid_invoice',
    anyOf([
      /\b(?:votre|une|la|cette|derniere) facture (?:\S+ ){0,3}?(?:est |reste |demeure )?(?:impayee|en attente|echue|en retard|non (?:reglee|payee))/,
      /^\W*(?:(?:re|tr|fwd?) ?: ?)?factures? (?:impayees?|en attente(?: de (?:paiement|reglement))?|echues?)(?: ?(?:n[o°]|#|:|-|$))/,
      /\b(?:your|overdue|unpaid|outstanding|pending) invoice\b(?: (?:is|has|#|no)\b.{0,20}(?:overdue|unpaid|due|pending))?(?=.{0,30}(?:overdue|unpaid|due|#|attached)|$)/,
      /\b(?:offene|unbezahlte|uberfallige) rechnung\b|\bfactura (?:pendiente|impagada|vencida)\b|\bfattura (?:non pagata|scaduta|insoluta)\b|\b(?:onbetaalde|openstaande) factuur\b|\bfatura em (?:atraso|aberto)\b/,
    ]),
  ],
  [
    'last_reminder',
    anyOf([
      /\b(?:derniere?|ultime|2e|3e|seconde|deuxieme|troisieme) (?:relance|rappel|avertissement|avis)\b(?! avant)|\bmise en demeure\b|\bavant (?:poursuites|huissier|contentieux)\b/,
      /\b(?:final|last|second|third) (?:notice|reminder|warning)\b|\bletzte (?:mahnung|erinnerung)\b|\bultimo (?:aviso|avviso|sollecito)\b|\blaatste (?:herinnering|aanmaning)\b/,
    ]),
  ],
  [
    'parcel_on_hold',
    anyOf([
      /\b(?:votre|un|le) (?:colis|paquet|envoi)\b(?: \S+){0,4} (?:en attente|bloque|retenu|suspendu|en transit|n'a pas pu|vous attend|retourne)/,
      /^\W*(?:colis|livraison) (?:en attente|bloque|suspendue?|non livree?|echouee)\b|\bavis de passage\b/,
      /\b(?:your|the) (?:package|parcel|shipment|delivery)\b(?: \S+){0,4} (?:pending|waiting|on hold|held|suspended|could not be|failed)|\bdelivery (?:failed|attempt)\b/,
      /\bihr paket\b(?: \S+){0,4} (?:wartet|zuruckgehalten|konnte nicht)|\bsu paquete\b(?: \S+){0,4} (?:pendiente|espera|retenido)|\buw pakket\b(?: \S+){0,4} (?:wacht|vastgehouden)|\bpacco in attesa\b/,
    ]),
  ],
  [
    'account_trouble',
    anyOf([
      /\bvotre (?:compte|acces|carte|abonnement|boite mail)\b(?: \S+){0,5} (?:suspendue?|bloquee?|desactivee?|fermee?|limitee?|expiree?|restreinte?)\b/,
      /\byour (?:account|access|card|mailbox|subscription)\b(?: \S+){0,5} (?:suspended|locked|blocked|disabled|closed|limited|restricted|expired|on hold)\b/,
      /\bihr (?:konto|zugang)\b(?: \S+){0,5} (?:gesperrt|eingeschrankt|deaktiviert)\b|\bsu cuenta\b(?: \S+){0,5} (?:suspendida|bloqueada)\b|\buw rekening\b(?: \S+){0,5} geblokkeerd\b/,
    ]),
  ],
  [
    'payment',
    anyOf([
      /\b(?:votre )?(?:paiement|prelevement|virement) (?:a ete |est )?(?:refuse|rejete|echoue|en attente)\b|\bremboursement (?:en attente|disponible|a valider)\b/,
      /\b(?:your )?payment (?:was |has been |is )?(?:declined|rejected|failed|pending|overdue)\b|\brefund (?:pending|available)\b/,
    ]),
  ],
]

export function saysAdvertising(text: string): boolean {
  return ADVERTISING.test(fold(text))
}

/** What the subject pretends the message is; undefined when it pretends nothing. */
export function disguiseIn(subject: string): string | undefined {
  const folded = fold(subject)
  return DISGUISES.find(([, words]) => words.test(folded))?.[0]
}

function anyOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'))
}
