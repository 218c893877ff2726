/**
 * The words by which messages in eight languages offer to end themselves, and the words of advertising that only sound like
 * it. The link stands between square brackets.
 */
import { describe, expect, test } from 'vitest'
import { LEXICONS, saysItself, speaksOfEnding, unsubscribeWords } from '#aval/rules/unsubscribe-wording.js'
import { aLink } from '../support/facts.js'

function endsMessages(sentence: string): boolean {
  const label = /\[(.*)\]/.exec(sentence)?.[1] ?? sentence
  return unsubscribeWords(aLink({ label, context: sentence.replace(/[[\]]/g, '') })) !== undefined
}

interface Wording {
  readonly ends: readonly string[]
  readonly goesOn: readonly string[]
}

const WORDING: Readonly<Record<string, Wording>> = {
  French: {
    ends: [
      'Si nos messages ne vous intéressent plus, [dites-le-nous ici]',
      'Ne plus m’envoyer d’e-mails : [cliquer ici]',
      'Vous disposez d’un droit d’opposition : [exercer ce droit]',
      'Vous n’êtes plus intéressé par nos actualités ? [Cliquez là]',
      'Si vous souhaitez que nous cessions de vous écrire, [cliquez sur ce lien]',
      'Demandez la suppression de votre adresse de notre fichier [en cliquant ici]',
      '[Supprimer mon inscription]',
      'Si vous ne voulez plus figurer dans nos listes, [suivez le lien]',
      'Si vous souhaitez que votre adresse soit retirée de nos fichiers, [merci de nous le signaler]',
      '[Quittez la newsletter]',
      '[Bloquer ces e-mails]',
      'Pas intéressé ? [https://a.example/u] et je ne vous écrirai plus.',
      'Ne plus recevoir ce type d’e-mails : [gérer mes alertes]',
      '[Supprimer mon adresse]',
      'Je ne souhaite plus être démarché : [cliquez ici]',
      '[Désactiver ces notifications]',
      'Pour mettre fin à votre abonnement, [suivez ce lien]',
      'Vous pouvez [retirer votre adresse] de notre liste',
      'Pour ne plus recevoir nos messages, [cliquez ici]',
      'Si vous ne souhaitez plus être contacté par nos soins, [suivez ce lien]',
      'Vous pouvez à tout moment [vous désinscrire] de cette liste',
      'Se désabonner de la lettre : [ici]',
      'Vous recevez cette lettre parce que vous êtes client. [Je me désabonne]',
      'Conformément au RGPD, vous pouvez exercer votre droit d’opposition en [cliquant ici]',
      'Pour vous opposer à la réception de nos offres, [cliquez sur ce lien]',
      'Pour être retiré de notre liste de diffusion, [répondez à ce message]',
      '[Arrêter les envois]',
      '[Stopper la réception de nos courriels]',
      '[Résilier mon abonnement]',
      'Ce message vous importune ? [Cliquez ici] pour être radié de nos fichiers',
    ],
    goesOn: [
      'Ce produit ne vous intéresse plus ? [Cliquez ici] pour en voir d’autres',
      'Ne plus payer de frais de port : [cliquez ici]',
      'Supprimer un article du panier : [cliquez ici]',
      'Arrêtez de stresser pour vos envois de colis : [cliquez ici]',
      '[Gérer mes notifications]',
      'N’attendez plus pour recevoir votre cadeau : [cliquez ici]',
      'Ne tardez pas à recevoir votre catalogue, [cliquez ici]',
      'N’hésitez pas à nous écrire pour être informé de nos offres : [c’est par ici]',
      'Ne manquez plus nos ventes : [cliquez ici] pour recevoir les alertes',
      'Vous n’êtes pas encore abonné ? [Cliquez ici] pour recevoir la lettre',
      'Pour recevoir plus de newsletters, [cliquez ici]',
      'Pour ne pas recevoir nos messages dans vos indésirables, [cliquez ici]',
      '[L’opposition dénonce le budget]',
      '[Le maire s’oppose au projet]',
      'Écoutez notre radio, de la diffusion en direct : [cliquez ici]',
      'Nos rayons de produits et de listes de naissance : [cliquez ici]',
      'Le message ne s’affiche pas ? [Cliquez ici]',
      '[Gérer mes préférences]',
      '[Nos conditions générales]',
    ],
  },
  English: {
    ends: [
      'No longer interested? [Click here]',
      '[Unfollow this newsletter]',
      '[Remove my email]',
      'Unsubscribe at any time: one click [here] is all it takes',
      'If you no longer wish to be on our list, [click here]',
      '[Block future invitations]',
      'To no longer receive these offers, [follow this link]',
      'If you’d prefer we didn’t e-mail you, [please notify us via this form]',
      '[Leave this newsletter]',
      'If you don’t want to hear from me again, please [let me know]',
      'Not interested? [Tell me here] and I’ll stop',
      'You can [withdraw your consent] to marketing e-mails at any time',
      'You have the right to object to direct marketing. [Object here]',
      'Unsubscribe here or [manage notifications]',
      '[U N S U B S C R I B E]',
      'You can [remove your address] from our list',
      '[Cancel these emails]',
      '[Disable these notifications]',
      'To stop receiving these emails, [click here]',
      'If you would rather not hear from us, [let us know here]',
      '[Click here] if you no longer want our newsletter',
      'You can [opt out] at any time',
      '[Remove me from this list]',
      '[Turn off these notifications]',
      'Don’t want these emails? [Unsubscribe]',
      '[Cancel my subscription]',
      'Not interested in further mailings? Take me [off this list]',
      '[Leave this mailing list]',
      'To be removed from this and other offers, simply [click here]',
    ],
    goesOn: [
      'No longer interested in red shoes? [Click here] for blue ones',
      '[Remove items from your basket]',
      'Turn off the lights: [click here]',
      'If you no longer wish to be contacted, write to us. [Visit our site]',
      '[Manage notifications]',
      'We will stop at nothing: [click here]',
      'Visit [our shop] and remove stains from the list of your worries',
      '[A B C D]',
      'You do not want to miss these updates: [click here]',
      'Don’t miss our next newsletter! [Click here]',
      'Let us take you away from it all: [click here]',
      'Don’t wait! Get our e-mails: [click here]',
      '[Subscribe] to our newsletter',
      '[Report this as spam]',
      'You need not unsubscribe, this is sent once. [Read more here]',
      '[Opt out of tracking cookies]',
      'Having trouble viewing this e-mail? [Click here]',
      '[Forward to a friend]',
      '[Contact us]',
    ],
  },
  German: {
    ends: [
      'Möchten Sie keine weiteren Angebote per E-Mail, [klicken Sie bitte auf diesen Link]',
      '[Aus der Empfängerliste löschen]',
      '[Meine E-Mail-Adresse löschen]',
      'Wollen Sie unsere Post nicht länger erhalten? [Ein Klick genügt]',
      'Kein Interesse mehr? [Hier klicken]',
      'Sie möchten nicht mehr auf unserer Liste stehen? [Hier klicken]',
      '[Empfang beenden]',
      '[Liste verlassen]',
      'Wer auf diese Mails verzichten will, [klickt hier]',
      'Sie möchten nichts mehr von uns hören? [Hier klicken]',
      'Sie wollen den Newsletter nicht mehr? [Klicken Sie hier]',
      '[Benachrichtigungen deaktivieren]',
      '[Keine E-Mails mehr]',
      'Wenn Sie nicht mehr angeschrieben werden möchten, [klicken Sie hier]',
      'Wenn Sie unseren Newsletter nicht mehr erhalten möchten, [klicken Sie hier]',
      '[Newsletter abbestellen]',
      '[Abmelden]',
      'Melden Sie sich [hier] ab.',
      'Hier können Sie sich [vom Newsletter abmelden]',
      'Möchten Sie künftig keine Werbung per E-Mail erhalten, [klicken Sie bitte hier]',
      'Tragen Sie sich [hier] aus.',
      'Sie können der Nutzung Ihrer Adresse jederzeit widersprechen: [hier klicken]',
      'Sie können Ihre Einwilligung jederzeit widerrufen, [hier]',
      'Aus dem Verteiler löschen: [hier klicken]',
    ],
    goesOn: [
      'Verpassen Sie keine weiteren Angebote! [Hier klicken]',
      'Keine weiteren Kosten: [hier klicken]',
      'Kein Interesse mehr an diesem Fahrrad? [Hier klicken]',
      'Diesen Newsletter nicht mehr verpassen: [hier klicken]',
      'Versandkostenfrei ab Bestellwert 50 €: [hier klicken]',
      'Bestellen Sie jetzt Schuhe ab 29 €: [hier klicken]',
      'Melden Sie sich an und sparen Sie ab 20 €: [hier klicken]',
      'Tragen Sie Mode aus Baumwolle: [hier klicken]',
      'Keine Neuigkeiten mehr verpassen und Angebote erhalten: [hier klicken]',
      'Warten Sie nicht! Noch mehr Rabatt erhalten: [hier klicken]',
      '[Widerruf]',
      '[Widerrufsbelehrung]',
      '[Im Browser ansehen]',
      '[Datenschutz]',
    ],
  },
  Spanish: {
    ends: [
      'Si prefiere no recibir publicidad, [comuníquenoslo aquí]',
      'Si nuestras novedades ya no le interesan, [haga clic aquí]',
      '[Eliminar mi suscripción]',
      'Si ya no deseas estar en nuestra lista, [haz clic para salir]',
      'Si prefiere no volver a recibir ofertas, [haga clic aquí]',
      '[Bloquear estos correos]',
      '[Cancelar estas notificaciones]',
      '[Revocar mi consentimiento]',
      '[Eliminar mi correo]',
      'Si no desea recibir más correos, [haga clic aquí]',
      '[Darse de baja]',
      'Para cancelar tu suscripción, [pulsa aquí]',
      '[Quiero dejar de recibir este boletín]',
      'Puede solicitar la baja [aquí]',
      'Para eliminar su dirección de nuestra lista, [pinche aquí]',
      'Si prefieres no recibir nuestras comunicaciones, [haz clic aquí]',
      '[Baja del boletín]',
      'Puede oponerse al tratamiento en [este enlace]',
    ],
    goesOn: [
      'Si no recibe el boletín, [haga clic aquí]',
      '¿Ya no te interesa este coche? [Haz clic aquí]',
      'Viaja en temporada baja: [haz clic aquí]',
      '[La baja de la inflación]',
      'Eliminamos los gastos de envíos: [haz clic aquí]',
      'No quieras perderte más información: [haz clic aquí]',
      '¿No recibes bien nuestros correos? [Haz clic aquí]',
      '[Suscribirse]',
      '[Ver en el navegador]',
      '[Política de privacidad]',
    ],
  },
  Italian: {
    ends: [
      'Se le nostre novità non ti interessano più, [clicca qui]',
      '[Rimuovi la mia iscrizione]',
      '[Elimina il mio indirizzo]',
      'Se non vuoi più far parte della nostra lista, [clicca qui]',
      'Se preferisci non ricevere altre offerte, [clicca qui]',
      'Per essere rimosso dalla nostra lista [segui questo link]',
      '[Esci dalla lista]',
      '[Escludimi dalla mailing list]',
      'Se non desideri più ricevere le nostre e-mail, [clicca qui]',
      '[Disiscriviti]',
      '[Cancella iscrizione]',
      'Per cancellarti dalla newsletter, [clicca qui]',
      'Per non ricevere più comunicazioni, [clicca qui]',
      '[Annulla l’iscrizione]',
      'Puoi opporti al trattamento [qui]',
      'Vuoi essere rimosso dalla lista? Rimozione dalla lista: [clicca qui]',
    ],
    goesOn: [
      'Non ti interessa più questo modello? [Clicca qui]',
      '[Cancellazione gratuita fino a 24 ore prima]',
      'Cancellazione gratuita dal 3 maggio: [clicca qui]',
      'Non vuoi perderti le nostre offerte via e-mail? [Clicca qui]',
      '[Annullare un ordine]',
      '[Iscriviti alla newsletter]',
      '[Visualizza nel browser]',
      '[Note legali]',
    ],
  },
  Dutch: {
    ends: [
      '[Klik hier] om je uit te schrijven',
      'Om uit ons bestand verwijderd te worden, [klikt u op deze link]',
      '[Verwijder mijn e-mailadres]',
      'Geen interesse meer? [Klik hier]',
      'Wilt u niet meer op onze lijst staan? [Klik hier]',
      '[Ik wil geen mails meer]',
      'Liever geen berichten meer? Laat het weten via [https://a.example/u]',
      '[Geen e-mails meer]',
      '[Meldingen uitschakelen]',
      'U kunt uw toestemming [hier] intrekken',
      'Wilt u onze nieuwsbrief niet meer ontvangen? [Klik hier]',
      '[Afmelden]',
      '[Uitschrijven]',
      'Schrijf u [hier] uit',
      'Om deze e-mails te stoppen, [klik hier]',
      'Wilt u geen berichten meer krijgen, [klik hier]',
      '[Abonnement opzeggen]',
      'Verwijder mij van deze lijst: [klik hier]',
    ],
    goesOn: [
      'Geen interesse meer in deze fiets? [Klik hier]',
      'Nooit meer wachten? [Klik hier]',
      '[Contract opzeggen]',
      'Wil je geen nieuwsbrief meer missen? [Klik hier]',
      'Zeg het met bloemen op Valentijnsdag: [klik hier]',
      'Stop met roken: [klik hier]',
      'Mis niets en krijg meer berichten: [klik hier]',
      '[Aanmelden]',
      '[Bekijk online]',
    ],
  },
  Portuguese: {
    ends: [
      'Se as nossas novidades já não lhe interessam, [clique aqui]',
      'Se não deseja mais fazer parte da nossa lista, [clique aqui]',
      'Caso não queira mais receber nossas novidades, [clique aqui]',
      '[Bloquear estes e-mails]',
      '[Remover meu e-mail]',
      '[Não receber mais]',
      '[Desativar notificações]',
      'Para deixar de receber os nossos e-mails, [clique aqui]',
      '[Cancelar subscrição]',
      '[Descadastrar]',
      'Se não deseja mais receber nossas mensagens, [clique aqui]',
      'Para ser removido da nossa lista, [clique aqui]',
      '[Anular a inscrição]',
      'Se não quiser receber comunicações, [clique aqui]',
    ],
    goesOn: [
      'Já não lhe interessa esta casa? [Clique aqui]',
      'Não perca, clique e receba o seu desconto: [clique aqui]',
      'Ofertas exclusivas da nossa lista: [clique aqui]',
      'Não quer perder as nossas mensagens? [Clique aqui]',
      'Artigos de baixa manutenção: [clique aqui]',
      '[Ver no navegador]',
      '[Política de privacidade]',
    ],
  },
  Polish: {
    ends: [
      'Jeśli nie jest Pan już zainteresowany naszym newsletterem, [kliknij tutaj]',
      'Jeśli nie chcesz być na naszej liście, [kliknij tutaj]',
      '[Zatrzymaj wysyłkę wiadomości]',
      '[Rezygnuję]',
      '[Wyłącz powiadomienia]',
      'Możesz [usunąć swój adres] z naszej listy',
      '[Odwołaj zgodę]',
      'Jeśli nie chcesz otrzymywać wiadomości, [kliknij tutaj]',
      '[Wypisz się]',
      'Aby zrezygnować z newslettera, [kliknij tutaj]',
      '[Anuluj subskrypcję]',
      'Usuń mój adres z listy: [kliknij]',
      'Możesz wnieść sprzeciw [tutaj]',
    ],
    goesOn: [
      'Nie jesteś już zainteresowany tym modelem? [Kliknij tutaj]',
      '[Zrezygnuj z rezerwacji]',
      'Nie chcesz przegapić wiadomości? [Kliknij tutaj]',
      'Nie rezygnuj z rabatu: [kliknij tutaj]',
      '[Zapisz się do newslettera]',
      '[Zobacz w przeglądarce]',
      '[Polityka prywatności]',
    ],
  },
  'other languages': {
    ends: [
      'Nechcete-li již dostávat naše novinky, [klikněte zde]',
      '[Zrušit zasílání a odběr]',
      'Dacă nu mai doriți să primiți scrisoarea, [click aici]',
      'Ha nem szeretne több hírlevelet kapni, [kattintson ide]',
      '[ABONELİKTEN ÇIK]',
      '[Listeden çık]',
      'Bu e-postaları almak istemiyorsanız [buraya tıklayın]',
      '[Lopeta uutiskirjeen tilaus]',
      '[Ta bort mig från listan]',
      'Отменить подписку: [https://a.example/u]',
      '[Скасувати підписку]',
      '[Удалить мой адрес из списка]',
      '若您不希望再收到電子報，請[按此]取消訂閱',
      '今後メールの受信を希望されない方は[こちら]',
      'メルマガの解除は[こちら]',
      '메일 수신을 원하지 않으시면 [여기]를 클릭해 주세요',
      'Якщо ви не бажаєте отримувати наші листи, [натисніть тут]',
      '[Отключить уведомления]',
      '[Avsluta utskick]',
      'Du kan [melde deg av] når som helst',
      'Vil du ikke have flere mails fra os? [Klik her]',
      'Ønsker du ikke længere at modtage mails, [klik her]',
      'Slipp flere e-poster: [klikk her]',
      '[Anulează abonarea]',
      '[Bülten aboneliğini durdur]',
      'En halua enää viestejä: [klikkaa tästä]',
      'Αν δεν επιθυμείτε άλλα μηνύματα, πατήστε [εδώ]',
    ],
    goesOn: [
      '[Отказаться от заказа]',
      '[ยกเลิกการสั่งซื้อ]',
      '[Отменить заказ]',
      '[キャンペーン配信中]',
      '[Siparişi iptal et]',
      '[Zrušit objednávku]',
      '[查看订单]',
    ],
  },
}

describe.each(Object.entries(WORDING))('%s', (_, { ends, goesOn }) => {
  test.each(ends)('ends the messages: %s', (sentence) => expect(endsMessages(sentence)).toBe(true))
  test.each(goesOn)('does not: %s', (sentence) => expect(endsMessages(sentence)).toBe(false))
})

describe('the sentence of a link that only points', () => {
  const ENDS = 'Pour ne plus recevoir nos messages'
  const words = (label: string, context: string) => unsubscribeWords(aLink({ label, context, hints: '' }))

  test.each([
    ['a URL', 'https://a.example/x'],
    ['a mail address', 'stop@acme.example'],
    ['an arrow', '>'],
    ['nothing at all', ''],
  ])('stands for %s', (_what, label) => {
    expect(words(label, `${ENDS} : ${label}`)).toBe(`pour ne plus recevoir nos messages : ${label}`.trim())
  })

  test('stands for no words that say something of their own', () => {
    expect(words('Nos offres', `${ENDS}. Nos offres`)).toBeUndefined()
    expect(words('magasin.', `${ENDS} : magasin.`)).toBeUndefined()
  })

  test.each([
    ['nothing else', `${ENDS}, suivez le lien. [Cliquez ici]`],
    ['words that only lead to it', `${ENDS}, c’est très simple. Pour cela, il vous suffit de cliquer sur [ce lien].`],
    ['such words in two sentences', `${ENDS} ? C’est simple ! [Cliquez ici]`],
    ['an address on its own', 'To stop these emails, see below. [https://a.example/u?id=1]'],
    ['such words and an address', `${ENDS}, écrivez-nous. Contactez-nous à l’adresse [stop@acme.example].`],
    ['a ruled line behind it', `${ENDS}, écrivez-nous. [stop@acme.example] ________ Acme, 1 rue des Lilas`],
    ['German words', 'Sie möchten keine Werbung mehr erhalten? Dann klicken Sie bitte auf [diesen Link].'],
    ['Spanish words', 'No desea recibir más correos. Para ello haga clic en [este enlace]'],
    ['Italian words', 'Non desideri più ricevere le nostre e-mail? Basta un clic [qui]'],
    ['Dutch words', 'Wilt u onze nieuwsbrief niet meer ontvangen? Klik dan op [deze link]'],
    ['Portuguese words', 'Não deseja mais receber nossas mensagens? Basta clicar [aqui]'],
    ['Polish words', 'Nie chcesz otrzymywać wiadomości? Wystarczy kliknąć [tutaj]'],
    ['Russian words', 'Чтобы отписаться от рассылки. Для этого перейдите по [ссылке]'],
  ])('may follow the one that says it, with %s', (_what, sentence) => expect(endsMessages(sentence)).toBe(true))

  test.each([
    ['offers', `${ENDS}, suivez le lien. Nos offres : [cliquez ici]`],
    ['offers, behind the link', `${ENDS}, suivez le lien. [Cliquez ici] pour nos offres`],
    ['a discount', `${ENDS}, suivez le lien. -20 % : [cliquez ici]`],
    ['a pause, on the link itself', 'Newsletter pausieren statt abmelden!? [Klicken und 1 Monat aussetzen!]'],
    ['a shop', 'To stop these emails, follow the link. Our shop: [click here]'],
    ['a catalogue, one sentence earlier', `${ENDS}, répondez STOP. Le catalogue vous attend. [Cliquez ici]`],
    ['what the next sentence does not change', `[Cliquez ici]. ${ENDS}, répondez STOP.`],
    ['what only sounds like pointing', `${ENDS}, suivez le lien. Toute la semaine [en magasin]`],
    ['a search', `${ENDS}, répondez STOP. [Chercher]`],
  ])('says what the link is for when it speaks of %s', (_what, sentence) => {
    expect(endsMessages(sentence)).toBe(false)
  })

  test('is read as far as 160 characters before the link and behind it', () => {
    expect(words('cliquez ici', `${ENDS}${'x'.repeat(125)} cliquez ici`)).toHaveLength(160 + 'cliquez ici'.length)
    expect(words('cliquez ici', `${ENDS}${'x'.repeat(140)} cliquez ici`)).toBeUndefined()
    expect(words('cliquez ici', `cliquez ici ${'x'.repeat(124)} ${ENDS}`)).toHaveLength('cliquez ici'.length + 160)
    expect(words('cliquez ici', `cliquez ici ${'x'.repeat(150)} ${ENDS}`)).toBeUndefined()
  })

  test('is the beginning of what is around, where the link does not stand in it', () => {
    expect(words('ici', `${'x'.repeat(280)} ${ENDS}`)).toHaveLength(281 + ENDS.length)
    expect(words('ici', `${'x'.repeat(300)} ${ENDS}`)).toBeUndefined()
  })

  test('is looked for wherever the words of the link stand', () => {
    expect(words('ici', `Nos magasins sont ici. ${'x'.repeat(200)}. ${ENDS}, ici`)).toContain('messages, ici')
  })

  test('of a longer text than a thousand characters is not read', () => {
    expect(words('ici', `${'y'.repeat(960)} ${ENDS} ici`)).toContain('ici')
    expect(words('ici', `${'y'.repeat(990)} ${ENDS} ici`)).toBeUndefined()
  })

  test('may have lost letters to a wrong charset', () => {
    expect(words('se d?sabonner', '')).toBe('se desabonner')
    expect(words('se d\ufffdsabonner', '')).toBe('se desabonner')
  })
})

test('the words on a link, its hints included, or a sentence by itself', () => {
  expect(unsubscribeWords(aLink({ label: 'x', hints: 'Unsubscribe', context: 'x' }))).toBe('x unsubscribe')
  expect(saysItself(aLink({ label: 'Se désabonner' }))).toBe(true)
  expect(saysItself(aLink({ label: 'ici' }))).toBe(false)
  expect(speaksOfEnding('Pour ne plus recevoir nos messages')).toBe(true)
  expect(speaksOfEnding('Bonjour')).toBe(false)
  expect(speaksOfEnding('Чтобы отписаться от рассылки')).toBe(true)
})

/** Patterns with letters beyond ASCII are not asked of plain text: an alternative in plain letters would be lost. */
test.each(LEXICONS)('$language: no pattern has alternatives in plain letters beside others', ({ ending }) => {
  const isPlain = (text: string): boolean => /^[\0-\x7f]*[a-z]{4}[\0-\x7f]*$/.test(text)
  const mixed = ending.filter(({ source }) => !isPlain(source) && source.split('|').some(isPlain))
  expect(mixed).toEqual([])
})
