import { type UnsubscribeLexicon, wordsOf } from './lexicon.js'

export const PL: UnsubscribeLexicon = {
  language: 'pl',
  ending: [
    /\bwypis(?:z|ac|uj|an|any|ania|anie|ywa)/,
    /\bwypisz\b/,
    /\bz?rezygn(?:uj|ow|acj)/,
    /\bwyrejestr/,
    /\bod-?subskryb/,
    /\b(?:anuluj|anulow|cofn|wycof|odwol)\w*(?: \S+){0,3} (?:subskrypcj|prenumerat|zgod|zapis)\w*/,
    /\bnie (?:chce|chcesz|zycz|chcial|chca)\w*(?: \S+){0,5} (?:otrzym|dostaw|wiadomosc|mail|newsletter)\w*/,
    /\bnie otrzymywac\b/,
    /\b(?:usun|usuni|skresl|wykresl)\w*(?: \S+){0,5} (?:z|ze)(?: \S+){0,3} (?:list|baz|newsletter|subskry)\w*/,
    /\bzaprzesta\w*(?: \S+){0,3} (?:otrzym|wysy|subskry)\w*/,
    /\b(?:usun\w*|skasuj|skasowac) (?:moj|swoj) (?:adres|e-?mail)/,
    /\bwylacz\w*(?: \S+){0,3} (?:powiadom|wiadomosc|newsletter|e-?mail|mailing)\w*/,
    /\bsprzeciw/,
  ],
  pointing: [
    /\btutaj\b/,
    /\btu\b/,
    /\bklikn/,
    /\bkliknij\b/,
    /\blink/,
    /\bstron/,
    /\bpreferenc/,
    /\bustawie/,
    /\bprofil/,
    /\bformularz/,
    /\bodpowie/,
  ],
  connecting: wordsOf(
    'pan pani panstwo my mi nam to tego tym te ta ten w na pod do za o z i lub albo aby zeby jesli tak',
    'prosze prosimy wystarczy po prostu mozesz mozna ponizszy ponizej nastepujacy skorzystaj uzyj przejdz',
    'przejsc wejdz odwiedz napisz wyslij potwierdz zarzadzaj zmien przycisk adres url swoj swoje nasz',
    'wiadomosc witryna konto e mail',
  ),
  elsewhere: [
    /\b(?:online|przegladar\w+|wyswietl\w*|wersj\w+)\b/,
    /\b(?:prywatnosc\w*|regulamin\w*|polityk\w+)\b/,
    /\b(?:zapisac|zapisz|subskrybowac|przekaz\w*)\b/,
  ],
  misleading: [
    /\bnie (?:chc\w+ )?(?:przegap|przeocz|stra[ct])\w*/g,
    /\bnie rezygnuj\b/g,
    /\bnie (?:musisz|trzeba|mozna)(?: \S+){0,2} (?:wypis|rezygn)\w*/g,
  ],
}
