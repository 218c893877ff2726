import { type UnsubscribeLexicon, wordsOf } from './lexicon.js'

export const PT: UnsubscribeLexicon = {
  language: 'pt',
  ending: [
    /\bdes-?(?:in|su?bs?)scr/,
    /\bdesubscr/,
    /\bdescadastr/,
    /\bdesassin/,
    /\b(?:cancel|anul|remov|encerr)\w*(?: \S+){0,4} (?:inscric|assinatura|subscric|recebimento|cadastro|registo|registro|envio|newsletter)\w*/,
    /\b(?:deixar de|parar de|deixe de|pare de)(?: \S+){0,3} (?:receb|contactad|contatad)\w*/,
    /\b(?:remov\w*|retir\w*|exclu(?:ir|a|i|am|id[oa])|elimin\w*|apag(?:ar|ue)|tir(?:ar|e))(?: \S+){0,5} (?:da|das|desta|de|do|dos)(?: \S+){0,3} (?:listas?|base|cadastro|mailing|contactos|contatos)\b/,
    /\b(?:para|de|quiser|deseja\w*) ser (?:remov|exclu|retirad)\w*/,
    /\b(?:sair|saia)(?: \S+){0,2} (?:lista|mailing)\b/,
    /\bopor-se\b/,
    /\bdireito de oposicao\b/,
    /\bnao (?:mais|pretend\w+|desej\w+|quer\w*|quis\w+|gostari\w+)(?: \S+){0,5} (?:receb|e-?mails?|mensagens|comunicac)\w*/,
  ],
  pointing: [
    /\baqui\b/,
    /\bcli(?:c|qu)/,
    /\blink\b/,
    /\bligacao\b/,
    /\bpagina\b/,
    /\bpreferencias\b/,
    /\bconfigurac/,
    /\bperfil\b/,
    /\bformulario\b/,
    /\binscric/,
    /\bassinatura/,
    /\brespond/,
  ],
  connecting: wordsOf(
    'voce nos me o a os as um uma de do da ao em no na por para se e ou isso isto este esta esse essa',
    'entao faze lo fazer basta apenas simplesmente simples facil favor pode deve deseja quiser momento',
    'qualquer seguinte abaixo usar use utilize siga seguir visite visitar va ir acesse aceda escreva',
    'escrever envie enviar confirme confirmar gerir gerenciar alterar modificar botao endereco url seu',
    'sua seus suas nosso nossa correio mensagem site web conta mail',
  ),
  elsewhere: [
    /\b(?:on-?line|navegador|versao web|visualiz\w+|corretamente|correctamente)\b/,
    /\b(?:privacidade|termos|condicoes)\b/,
    /\b(?:inscrever-se|inscreva-se|subscrever|assinar|encaminh\w+)\b/,
  ],
  misleading: [
    /\bnao (?:quer\w*|quis\w*|deix\w*|desej\w*)?(?: de)? ?perd\w*/g,
    /\bnao (?:e necessario|precisa|pode)(?: \S+){0,2} (?:cancelar|desinscrever)/g,
  ],
}
