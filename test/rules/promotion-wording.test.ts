/** Inserts that make a transactional message prospecting, and what order mail says without promoting anything. */
import { describe, expect, test } from 'vitest'
import { signsOfPromotion } from '#aval/rules/wording/promotion.js'
import { aPolicy } from '../support/facts.js'

const { promotionThreshold } = aPolicy().classification

/** As rule CLASS-MISDECLARED adds it up. */
function promotes(text: string): boolean {
  return signsOfPromotion([text]).reduce((sum, { weight }) => sum + weight, 0) >= promotionThreshold
}

const INSERTS: Readonly<Record<string, readonly string[]>> = {
  fr: [
    'Découvrez notre nouvelle collection.',
    '10 % sur tout le magasin.',
    "Deux paires pour le prix d'une !",
    'Le deuxième article à -50 %, 2 achetés = 1 offert.',
    '-15 % sur votre prochaine commande.',
    'Venez voir nos nouveautés à petits prix, en boutique dès maintenant : j’en profite !',
    'Un sac offert dès 50 € d’achat. Profitez-en, la nouvelle collection est arrivée.',
  ],
  en: [
    'Discover our new collection.',
    '10% off everything, storewide.',
    'Two for the price of one.',
    'Buy 2, get 1 free on candles.',
    '15% off your next order.',
    'Check out our new arrivals.',
    'Free gift with every order: shop all, low prices.',
  ],
  de: [
    'Entdecken Sie unsere neue Kollektion.',
    '10 % auf das gesamte Sortiment.',
    'Zwei zum Preis von einem.',
    '15 % auf Ihre nächste Bestellung.',
    'Neu eingetroffen: jetzt entdecken, zum Sonderpreis.',
  ],
  es: [
    'Descubre nuestra nueva colección.',
    '10 % en toda la tienda.',
    'Dos por el precio de uno.',
    '3x2 en cosmética.',
    '15 % de descuento en tu próximo pedido.',
  ],
  it: [
    'Scopri la nostra nuova collezione.',
    '10 % su tutto il negozio.',
    'Due al prezzo di uno.',
    'Prendi 3, paghi 2.',
    '15 % di sconto sul tuo prossimo ordine.',
  ],
  nl: [
    'Ontdek onze nieuwe collectie.',
    '10 % op het hele assortiment.',
    'Twee voor de prijs van één.',
    '1+1 gratis op alle shampoos.',
    '15 % korting op je volgende bestelling.',
  ],
  pt: [
    'Descubra a nossa nova coleção.',
    '10 % em toda a loja.',
    'Dois pelo preço de um.',
    'Leve 3, pague 2.',
    '15 % de desconto na sua próxima compra.',
  ],
  pl: [
    'Odkryj naszą nową kolekcję.',
    '10 % na cały asortyment.',
    'Dwa w cenie jednego.',
    'Drugi produkt gratis.',
    '15 % rabatu na kolejne zamówienie.',
  ],
}

const ORDERS: Readonly<Record<string, readonly string[]>> = {
  fr: [
    'Votre commande 4711 est partie. Total : 42,00 €. Livraison offerte.',
    'Pour le prix de votre abonnement, rien ne change cette année.',
    'Votre nouvelle carte bancaire vous attend en agence.',
    'Une nouvelle ligne téléphonique a été activée.',
    'Vous avez acheté deux articles ; le premier est expédié, le second le sera demain.',
    'Le taux de TVA de 20 % sur tous les produits de votre facture est inclus.',
    'Votre prochaine commande pourra être retirée en magasin.',
    'Découvrez les conditions de votre contrat dans votre espace client.',
    'Vous bénéficiez de la garantie. Retrouvez nos conseils d’entretien et notre offre de services en ligne.',
  ],
  en: [
    'Your order has shipped. A new line has been added to your account.',
    'You bought two items for 12.00; one will arrive tomorrow.',
    'On your next visit, please bring your ID.',
    'VAT of 20% on all items of this invoice is included.',
    'Your password was changed. Shop address: 1 Main Street.',
    'The new season ticket you ordered is attached.',
    'Check out the tracking page, and take a look at the attached invoice for your offer.',
  ],
  de: [
    'Ihre Bestellung ist unterwegs. 19 % MwSt. sind enthalten.',
    'Ihre neue Karte ist eingetroffen.',
    'Zwei Artikel werden getrennt geliefert.',
  ],
  es: ['Su pedido ha salido. Dos artículos por 12 €.', 'IVA del 21 % incluido en todos los productos.'],
  it: ['Il tuo ordine è partito. Due articoli per 12 €.', 'IVA al 22 % su tutti i prodotti inclusa.'],
  nl: ['Je bestelling is onderweg. Twee artikelen voor 12 euro.', 'Bij je volgende bezoek graag een legitimatie.'],
  pt: ['A sua encomenda saiu. Dois artigos por 12 €.', 'Na sua próxima visita traga o documento.'],
  pl: ['Twoje zamówienie zostało wysłane. Dwa produkty za 12 zł.', '23 % VAT na wszystkie produkty jest wliczone.'],
}

describe.each(Object.entries(INSERTS))('an insert in %s is enough', (_, sentences) => {
  test.each(sentences)('%s', (sentence) => {
    expect(signsOfPromotion([sentence])).not.toEqual([])
    expect(promotes(`4711\n${sentence}\n42,00 €`)).toBe(true)
  })
})

describe.each(Object.entries(ORDERS))('what order mail says in %s promotes nothing', (_, sentences) => {
  test.each(sentences)('%s', (sentence) => {
    expect([promotes(sentence), signsOfPromotion([sentence])]).toEqual([false, expect.anything()])
  })
})
