/**
 * Signs that a message promotes goods, services or an image (CPCE L.34-5 al. 3), for streams that must not: French and
 * English first, then the languages around. Read against folded text.
 */

/** Strong signs count double, or for all there is to reach: nothing but promotion speaks so. */
export interface Sign {
  readonly code: string
  readonly weight: 1 | 2 | 3
  readonly words: RegExp
}

const sign = (code: string, weight: Sign['weight'], ...words: readonly RegExp[]): Sign => ({
  code,
  weight,
  words: new RegExp(words.map(({ source }) => `(?:${source})`).join('|'), 'u'),
})

export const SIGNS: readonly Sign[] = [
  sign(
    'promotional_code',
    2,
    /\bcode (?:promo\w*|avantage|reduction|remise|privilege)\b|\b(?:avec|saisissez|utilisez) le code [a-z0-9]{3,}/,
    /\b(?:promo(?:tional)?|discount|coupon|voucher) code\b|\b(?:use|with|enter) (?:the )?code [a-z0-9]{3,}/,
    /\bbon d(?:e |')(?:reduction|achat)\b|\bcheque[- ]cadeau\b|\b(?:rabatt|gutschein)code\b|\bkortingscode\b|\bkod rabatowy\b/,
    /\bcodigo (?:promocional|de descuento|de desconto)\b|\bcodice sconto\b/,
  ),
  sign(
    'percent_off',
    2,
    /(?:^|[\s(])[-\u2212\u2013] ?\d{1,2} ?%/,
    /\b\d{1,2} ?% (?:de (?:remise|reduction|rabais|descuento|desconto)|off\b|discount|rabatt|di sconto|korting|rabatu|offerts?\b)/,
    /\bsave (?:up to )?\d{1,2} ?%|\bjusqu'a [-\u2212\u2013]? ?\d{1,2} ?%|\bup to \d{1,2} ?% off/,
    /\b(?:remise|reduction|rabais) de \d{1,2} ?%/,
  ),
  sign(
    'sale',
    2,
    /\bsoldes d(?:'|e )|\bles soldes\b|\bventes? (?:privees?|flash)\b|\bdestockage\b|\bblack friday\b|\bcyber monday\b/,
    /\b(?:flash|summer|winter|clearance|private|end[- ]of[- ]season) sales?\b|\bspecial offers?\b|\bbons plans?\b/,
    /\bsonderangebot|\bschlussverkauf\b|\brebajas\b|\bofertas? especiale?s?\b|\bsaldi\b|\buitverkoop\b|\bpromocja\b|\bsaldos\b/,
  ),
  sign(
    'limited_time',
    1,
    /\b(?:offre|promotion|promo) (?:valable|limitee|a duree limitee|exclusive|exceptionnelle|speciale)\b/,
    /\bjusqu'a (?:epuisement|minuit)\b|\bderniers jours\b|\bplus que \d+ (?:jours|heures)\b|\bdans la limite des stocks\b/,
    /\blimited[- ]time\b|\bhurry\b|\bwhile (?:stocks?|supplies) last\b|\boffer (?:ends|expires|valid)\b|\blast chance\b/,
    /\bnur (?:noch )?(?:heute|bis)\b|\bsolo hasta\b|\bsolo fino\b/,
  ),
  sign(
    'enjoy',
    1,
    /\bprofitez\b|\bne (?:manquez|ratez) pas\b|\bfaites[- ]vous plaisir\b|\bcraquez\b|\bbeneficiez (?:de|d')/,
    /\b(?:take advantage|don't miss|treat yourself|shop now|buy now|order now)\b/,
    /\bjetzt (?:sichern|kaufen|bestellen|shoppen)\b|\baprovecha\b|\bapprofitta\b|\bprofiteer\b|\baproveite\b|\bskorzystaj\b/,
  ),
  sign(
    'discover',
    1,
    /\b(?:re)?decouvrez (?:notre|nos|la|le|les|toute)\b|\bnouveautes?\b|\b(?:venez voir|retrouvez|explorez) (?:toute )?(?:notre|nos) (?:\S+ )?(?:collections?|gammes?|offres?|produits?|nouveautes?|selections?|catalogue|boutique)\b/,
    /\bdiscover (?:our|the|more)\b|\bcheck out our\b|\b(?:explore|come and see|take a look at) our (?:\S+ )?(?:collections?|range|products|shop|store|selection|catalogue)\b/,
    /\bentdecken? sie\b|\bentdecke (?:unsere|die|jetzt)\b|\bdescubr[ae]\b|\bconoc[ea] nuestr|\bscopri(?:te)?\b|\bscopra\b|\bontdek\b/,
    /\bconheca (?:a |o )?noss|\bconfira (?:a |o )?noss|\bodkryj\b|\b(?:poznaj|sprawd[zź]|zobacz) nasz/,
    /\bneuheiten\b|\bnovedades\b|\bnovidades\b|\bnowo[sś]ci\b/,
  ),
  sign(
    'you_may_like',
    1,
    /\bvous aimerez aussi\b|\bnos (?:suggestions|recommandations|conseils d'achat)\b|\bvous pourriez aimer\b|\bcompletez votre\b/,
    /\byou (?:may|might) also like\b|\brecommended for you\b|\bcustomers also (?:bought|viewed)\b/,
    /\bdas konnte ihnen (?:auch )?gefallen\b|\btambien te puede\b|\bpotrebbe(?:ro)? (?:anche )?piacerti\b/,
  ),
  sign(
    'offer',
    1,
    /\boffres?\b|\bpromo(?:tion)?s?\b|\bspecial deals?\b|\bangebote?\b|\bofertas?\b|\bofferte\b|\baanbieding/,
  ),
  sign(
    'discount',
    1,
    /\bremises?\b|\brabais\b|\breductions?\b|\bdiscounts?\b|\brabatte?\b|\bdescuentos?\b|\bsconti?o?\b|\bkorting\b/,
  ),
  sign(
    'referral',
    1,
    /\bparrain(?:age|ez)\b|\brefer a friend\b|\binvite (?:your )?friends\b|\bempfehlen sie uns\b|\binvita a un amigo\b/,
  ),
  sign(
    'free',
    1,
    /\b(?:livraison|frais de port) (?:offerte?s?|gratuite?)\b|\bgratuit pendant\b|\bcadeau offert\b|\bfree (?:shipping|delivery|gift|trial)\b/,
    /\b(?:versandkostenfrei|gratis versand|envio gratis|spedizione gratuita|gratis verzending)\b/,
  ),
  sign(
    'price_and_call',
    1,
    /(?:\d[\d .,]* ?(?:€|eur\b|euros?\b|£|\$)|[€£$] ?\d)[^\n]{0,120}(?:commander|acheter|j'en profite|je commande|achetez|commandez|shop|buy|order now|kaufen|comprar|acquista)\b/u,
  ),
  sign(
    'novelty',
    2,
    /\b(?:notre|nos|la|une|cette|ma) nouvel(?:le)?s? (?:collection|gamme|ligne|capsule|carte|saison)s?\b|\bnouvelles? collections?\b|\bnouveaux arrivages\b/,
    /\bour (?:brand )?new (?:(?:spring|summer|autumn|fall|winter) )?(?:collection|range|line|season|arrivals)\b|\b(?:the|a|this) (?:brand )?new (?:(?:spring|summer|autumn|fall|winter) )?(?:collection|range)\b|\bnew arrivals\b|\bjust (?:landed|dropped) in (?:our|the) (?:shop|store)\b/,
    /\b(?:unsere|die|eine) neuen? (?:\w+)?(?:kollektion|produktlinie|saison)\b|\bneu(?:e kollektion|heiten im shop|heiten im sortiment| eingetroffen)\b/,
    /\b(?:nuestra|la|una) nueva (?:coleccion|temporada|gama)\b|\brecien llegados\b/,
    /\b(?:la nostra|la|una) nuova (?:collezione|stagione|gamma)\b|\bnuovi arrivi\b/,
    /\b(?:onze|de|een) nieuwe (?:\w+)?(?:collectie|lijn)\b|\bnieuw binnen\b/,
    /\b(?:a nossa|nossa|a|uma) nova (?:colecao|linha|estacao)\b|\bacabou de chegar a loja\b/,
    /\b(?:nasza|nasz[aą]|nowa|now[aą]) (?:now[aą] )?kolekcj[aeię]\b/,
  ),
  sign(
    'multi_buy',
    3,
    /\b(?:deux|trois|quatre|\d) (?:\S+ ){0,2}pour le prix d(?:'une?|e (?:deux|\d))\b/,
    /\b(?:un|une|deux|trois|\d) (?:\S+ )?achetee?s?(?:,| =)? (?:(?:le|la|un|une|\d) )?(?:\S+ )?(?:est )?offerte?s?\b|\b\d ?\+ ?\d (?:offert|gratuit)e?s?\b/,
    /\b(?:two|three|four|\d) for (?:the price of )?(?:one|two|1|2)\b|\bbuy (?:one|two|three|\d),? get (?:one|another|\d)\b|\bbogo\b/,
    /\b(?:zwei|drei|\d) (?:\S+ )?zum preis von (?:eine[mr]?|zweien|\d)\b|\bnimm \d,? zahl(?:e)? \d\b/,
    /\b(?:dos|tres|\d) (?:\S+ )?(?:por|al) (?:el )?precio de (?:un[oa]?|dos|\d)\b|\b(?:2 ?x ?1|3 ?x ?2)\b(?! ?(?:c?m|mm)\b)/,
    /\b(?:due|tre|\d) (?:\S+ )?al prezzo di (?:un[oa]?|due|\d)\b|\bprendi \d,? (?:e )?paghi \d\b/,
    /\b(?:twee|drie|\d) (?:\S+ )?(?:voor|halen,?) (?:de prijs van )?(?:een|twee|\d)(?: betalen)?\b(?! uur| jaar| dag)|\b\d ?\+ ?\d gratis\b|\b(?:2e|tweede) (?:\S+ )?gratis\b/,
    /\b(?:dois|duas|tres|\d) (?:\S+ )?pelo preco de (?:uma?|dois|duas|\d)\b|\bleve \d,? pague \d\b/,
    /\b(?:dwa|dwie|trzy|\d) (?:\S+ )?w cenie (?:jedne(?:go|j)|dw(?:och|u)|\d)\b|\bdrug[ia] (?:\S+ )?(?:za darmo|gratis)\b/,
  ),
  sign(
    'percent_on_range',
    2,
    /\b\d{1,2} ?% (?:sur|des) (?:tout|toute|tous|toutes|l'ensemble|nos|notre|une selection|(?:votre|ta) prochaine?)\b/,
    /\b\d{1,2} ?% (?:\S+ )?on (?:all|everything|any|selected|your next|our|the (?:whole|entire))\b/,
    /\b\d{1,2} ?% (?:\S+ )?auf (?:alle[sn]?|das (?:ganze|gesamte)|die (?:ganze|gesamte)|(?:ihr|dein)e? nachste[nrs]?|ausgewahlte)\b/,
    /\b\d{1,2} ?% (?:\S+ ){0,2}en (?:tod[oa]s?|nuestr[oa]s?|(?:tu|su) proxim[oa]|una seleccion)\b/,
    /\b\d{1,2} ?% (?:\S+ ){0,2}(?:su|sul|sulla|sui) (?:tutt[oaie]|nostr[oaie]|(?:(?:tuo|suo|tua|sua) )?prossim[oa]|una selezione)\b/,
    /\b\d{1,2} ?% (?:\S+ )?op (?:alles|alle|het hele|de hele|(?:je|uw) volgende|geselecteerde)\b/,
    /\b\d{1,2} ?% (?:\S+ ){0,2}(?:em|na|no) (?:tod[oa]s?|(?:sua |seu )?proxim[oa]|uma selecao)\b/,
    /\b\d{1,2} ?% (?:\S+ )?na (?:wszystk\w+|ca[lł]\S+|kolejne|nast[eę]pne)/,
  ),
  sign(
    'whole_shop',
    1,
    /\b(?:sur|dans) (?:tout|toute|tous|toutes|l'ensemble d[eu]s?) (?:le |la |les |notre |nos )?(?:magasin|boutique|site|collection|catalogue|rayons?|gamme|produits|articles)\b/,
    /\b(?:storewide|sitewide|site-wide|store-wide)\b|\bon (?:everything|all (?:our )?(?:products|items|orders)|the (?:whole|entire) (?:store|shop|site|range|collection))\b/,
    /\bauf (?:alles|alle (?:artikel|produkte)|das (?:ganze|gesamte) sortiment|die (?:ganze|gesamte) kollektion)\b/,
    /\ben (?:toda la (?:tienda|web|coleccion)|todo el catalogo|todos (?:los|nuestros) (?:productos|articulos))\b/,
    /\bsu (?:tutto(?: il (?:sito|negozio|catalogo))?|tutta la collezione|tutti i (?:nostri )?prodotti)\b/,
    /\bop (?:alles|alle (?:artikelen|producten)|het hele assortiment|de hele collectie)\b/,
    /\bem (?:toda a loja|todo o site|todos os (?:nossos )?produtos)\b/,
    /\bna (?:wszystko|wszystkie produkty|ca[lł](?:y asortyment|[aą] kolekcj[eę]))\b/,
  ),
  sign(
    'next_order',
    1,
    /\b(?:sur|pour|des|lors de) (?:votre|ta|une) prochaine? (?:commande|achat|visite|reservation)\b/,
    /\b(?:on|off|for|towards) your next (?:order|purchase|visit|booking)\b/,
    /\b(?:auf|bei) (?:ihre[rn]?|deine[rn]?) nachsten? (?:bestellung|einkauf|buchung)\b/,
    /\ben (?:tu|su) proxim[oa] (?:pedido|compra|reserva)\b/,
    /\bsul (?:tuo|suo) prossimo (?:ordine|acquisto)\b/,
    /\b(?:op|bij) (?:je|uw) volgende (?:bestelling|aankoop|boeking)\b/,
    /\bn[ao] (?:sua |seu )?proxim[oa] (?:compra|encomenda|pedido)\b/,
    /\bna (?:kolejne|nast[eę]pne) (?:zam[oó]wienie|zakupy)\b/,
  ),
  sign(
    'low_price',
    1,
    /\b(?:petits prix|prix (?:casses|mini|en baisse|reduits?|doux|imbattables?|exceptionnels?|barres?))\b|\ba prix (?:reduit|casse|mini)s?\b/,
    /\b(?:low(?:est)?|reduced|unbeatable|slashed|knockdown) prices?\b|\bprice drop\b/,
    /\b(?:stark )?reduziert(?:e[nrs]?)? (?:artikel|preise?|ware)\b|\bzum (?:sonder|spar|tiefst|vorzugs)preis\b/,
    /\bprecios? (?:rebajados?|bajos|especial(?:es)?|increibles?)\b|\bprezz[io] (?:ribassat[io]|bass[io]|special[ei]|scontat[io])\b/,
    /\b(?:scherpe|lage|verlaagde) prijzen\b|\bafgeprijsd\b|\bprecos (?:baixos|especiais|imperdiveis)\b|\b(?:obnizk[aię]|ni[zż]sz\S+ cen)/,
  ),
  sign(
    'gift_for_buying',
    2,
    /\b(?:offerte?s?|gratuite?s?|cadeau) (?:pour|des|a partir de) (?:tout achat|toute commande|\d[\d ,.]* ?(?:€|eur|euros?)\b)/,
    /\bfree (?:\S+ ){0,2}(?:with (?:every|any|your) (?:order|purchase)|when you spend)\b/,
    /\bgratis (?:zu jeder bestellung|ab (?:einem )?(?:einkauf|bestellwert|\d))|\bde regalo (?:con|por) (?:tu|su|cada) (?:compra|pedido)\b/,
    /\bin omaggio con (?:ogni|il tuo) (?:ordine|acquisto)\b|\bgratis (?:cadeau )?bij (?:elke|je|uw|besteding)\b|\bde oferta na (?:sua )?(?:compra|encomenda)\b|\bgratis do ka[zż]dego zam[oó]wienia\b/,
  ),
  sign(
    'shop_call',
    1,
    /\b(?:je (?:decouvre|craque|m'offre|profite)|j'en profite|j'achete|acheter maintenant|faites? le plein|rendez-vous en (?:boutique|magasin))\b|\b(?:disponibles?|des maintenant) (?:des maintenant )?en (?:boutique|magasin)\b/,
    /\b(?:shop|browse|explore) (?:the|our|all)\b|\bget yours\b|\bin stores now\b/,
    /\b(?:zum shop|jetzt (?:stobern|zugreifen|entdecken|ansehen)|hier geht's zum angebot)\b/,
    /\b(?:compra ahora|comprar ahora|ver la coleccion|compra ora|acquista ora|shop nu|koop nu|bestel nu|compre agora|compre ja|kup teraz|kup ju[zż])\b/,
  ),
]
