import { type UnsubscribeLexicon, anywhere, wordsOf } from './lexicon.js'

/** Other languages in Latin letters, whose plainest words are enough to recognise a link. */
export const OTHER_LATIN: UnsubscribeLexicon = {
  language: 'mul',
  ending: [
    // Hungarian, Czech, Slovak, Romanian
    ...anywhere(
      'leiratkoz',
      'iratkozz le',
      'iratkozzon le',
      'lemondás',
      'nem szeretne több',
      'nem kíván',
      'nem akarja',
    ),
    ...anywhere('odhlás', 'dezabon'),
    /\bzrus\w*(?: \S+){0,3} (?:odber|odober|newsletter|zasilani|zasielani)|\bnezasil|\bnezasiel|\bvyradit?\w* (?:zo?|ze) (?:\S+ )?(?:seznam|zoznam)/,
    /\b(?:anul|renunt|opri)\w*(?: \S+){0,3} (?:abon|newsletter|mesaj|e-?mail)/,
    /\ble (?:\S+ )?iratkoz/,
    /\b(?:torol|torles)\w*(?: \S+){0,3} (?:lista|listarol|cimlista)/,
    /\bnu (?:mai )?(?:dor|vre)\w*(?: \S+){0,4} (?:prim|recep)/,
    /\b(?:nechcete|neprejete|nezelate|nechcem|nechci)(?:-li)?(?: si)?(?: \S+){0,4} (?:dosta|odebira|odobera|prijima)/,
    // Croatian, Serbian, Bosnian, Slovene, Albanian
    ...anywhere('odjav', 'odnaroc', 'Çregjistro', 'Çpajto', 'ndërprej abonim'),
    /\b(?:otkaz|prekin|ponist)\w*(?: \S+)? pretplat/,
    /\bispisi (?:me|se)\b/,
    /\bne zel\w*(?: \S+){0,3} (?:prim|prej)/,
    // Swedish, Norwegian, Danish, Icelandic
    ...anywhere('avregistrera', 'avsluta prenumeration', 'sluta prenumerera', 'säg upp prenumeration', 'avprenumerera'),
    /\bta bort\b(?: \S+){0,3} fran(?: \S+){0,3} (?:list|utskick)/,
    /\bmeld(?:e|er|t)? (?:\S+ ){0,2}av\b/,
    ...anywhere('avanmäl', 'avmeld', 'avslutt abonnement', 'si opp abonnement'),
    ...anywhere('afmeld', 'frameld', 'opsig abonnement', 'afskrá', 'hætta í áskrift', 'segja upp áskrift'),
    /\b(?:avslut|stopp?|sag upp|si opp|opsig)\w*(?: \S+){0,2} (?:utskick|mejl|e-?post|mail|nyhetsbrev|nyhedsbrev|prenumeration|abonnement)/,
    /\bslipp\w*(?: \S+){0,3} (?:mejl|mail|e-?post|nyhetsbrev|nyhedsbrev|utskick)/,
    /\b(?:vil|onsker)(?: \S+){0,2} ikke(?: \S+){0,3} (?:mottat?|modtag|fa\b)/,
    /\b(?:inte|inga|ikke|ingen|ikkje)(?: \S+){0,5} (?:fler|flere|langre|lengre|lenger)\b/,
    /\bikke(?: \S+){0,5} længere\b/,
    // Finnish, Estonian, Latvian, Lithuanian
    ...anywhere(
      'peruuta tilaus',
      'peru tilaus',
      'perua tilau',
      'peruuta uutiskir',
      'lopeta tilaus',
      'postituslistalta',
    ),
    ...anywhere('tellimusest loobu', 'lõpeta tellimi', 'lõpeta tellimus', 'atrakst', 'atteikties', 'atsisak'),
    ...anywhere('anulēt abonement', 'nutraukti prenumerat'),
    /\b(?:peru|lopet|poist)\w*(?: \S+){0,3} (?:tilau|uutiskir|postituslist)/,
    /\b(?:en|et|ette) (?:enaa )?halua(?: \S+){0,5} (?:vastaanott|saada|posti|viest|uutiskir)/,
    /\bei soovi(?: \S+){0,4} saada\b/,
    // Turkish
    ...anywhere('aboneliğimi iptal', 'aboneliği iptal', 'aboneliğinizi iptal'),
    ...anywhere('almak istemiyor', 'üyeliği sonlandır', 'aboneliği sonlandır'),
    /\b(?:abonelik|uyelik|bulten|bildirim|e-?posta)\S*(?: \S+){0,2} (?:iptal|durdur|kapat|sonlandir)/,
    /\b(?:abonelik|uyelik|liste|bulten)\S*ten (?:\S+ )?(?:cik|ayril)|\b(?:liste|bulten)\S*den (?:\S+ )?(?:cik|ayril)/,
    // Indonesian, Malay, Vietnamese
    ...anywhere('berhenti berlangganan', 'berhenti melanggan', 'batal langganan', 'hủy đăng ký', 'bỏ đăng ký'),
    ...anywhere('ngừng theo dõi', 'không muốn nhận', 'xóa tên khỏi'),
    // Catalan, Galician, Basque
    ...anywhere('cancel·la la subscripció', 'deixar de rebre', 'eten harpidetza', 'ezeztatu harpidetza'),
    /\b(?:don|dar)\S* de baixa\b/,
  ],
  // Folded; the short ones are words of other languages, or parts of them.
  pointing: [
    /\b(?:itt|zde|tasta|buraya|di sini|tai day|aici|ovdje|tukaj)\b/,
    /\b(?:kattint|klikk|klicka|tikla)/,
    /\bkli\w* (?:her|sem)\b|^(?:her|sem)$/,
  ],
  connecting: wordsOf(
    // Swedish, Danish, Norwegian
    'klik klicka klikk tryck trykk tryk her här denna denne dette länken lenken linket på på i för for att at å du kan din',
    'vi oss os dig deg via då da så bara bare vänligen venligst vennligst följ følg',
    // Finnish, Czech, Slovak, Romanian
    'klikkaa klikkaamalla tästä tätä linkkiä tai voit klikněte kliknite zde tu na tento odkaz prosím stačí',
    'click clic apăsați apasă aici pe acest link vă rugăm accesați',
    // Hungarian, Turkish, Croatian
    'kattintson kattints ide erre a az linkre kérjük itt tıklayın tıklayınız lütfen buraya bu bağlantıya ovdje ovu poveznicu',
    'molimo',
  ),
  elsewhere: [],
  misleading: [],
}
