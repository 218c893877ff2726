import { smsStop } from '#aval/rules/addressed/sms-stop.js'
import { smsGateway } from '#aval/rules/recipient/sms-gateway.js'
import { smsHours } from '#aval/rules/recipient/sms-hours.js'
import { aPolicy, addressedFacts, anAddress, at, recipientFacts } from '../support/facts.js'
import { ruleTable } from './table.js'

const SMS = {
  enabled: true,
  gateways: ['sms.example'],
  shortCodes: ['38123'],
  hours: { days: [1, 2, 3, 4, 5, 6], from: 8, to: 22 },
}
const policy = aPolicy({ sms: SMS })
const phone = anAddress('+33639980001@sms.example')
const bySms = { policy, recipient: phone, channel: 'sms' as const }

ruleTable(smsGateway, [
  { name: 'an e-mail address', facts: recipientFacts({ policy }), expect: 'skip not_applicable' },
  {
    name: 'a number behind a gateway while the channel is closed',
    facts: recipientFacts({ ...bySms, policy: aPolicy({ sms: { ...SMS, enabled: false } }) }),
    expect: 'fail not_enabled',
  },
  { name: 'the same, the channel open', facts: recipientFacts(bySms), expect: 'pass' },
  {
    name: 'a French number without country',
    facts: recipientFacts({ ...bySms, recipient: anAddress('0639980001@sms.example') }),
    expect: 'pass',
  },
  {
    name: 'a name behind a gateway',
    facts: recipientFacts({ ...bySms, recipient: anAddress('jean.dupont@sms.example') }),
    expect: 'fail no_number',
  },
  {
    name: 'seven digits are too few for a number (ITU-T E.164 has eight at least here)',
    facts: recipientFacts({ ...bySms, recipient: anAddress('+3363998@sms.example') }),
    expect: 'fail no_number',
  },
  {
    name: 'fifteen digits are the most',
    facts: recipientFacts({ ...bySms, recipient: anAddress('+336399800010000@sms.example') }),
    expect: 'pass',
  },
  {
    name: 'sixteen are too many',
    facts: recipientFacts({ ...bySms, recipient: anAddress('+3363998000100001@sms.example') }),
    expect: 'fail no_number',
  },
])

const hoursAt = (moment: string, over = {}) => recipientFacts({ ...bySms, stage: 'data', now: at(moment), ...over })

ruleTable(smsHours, [
  { name: 'an e-mail', facts: recipientFacts({ policy }), expect: 'skip not_applicable' },
  {
    name: 'at RCPT nothing is sent yet',
    facts: hoursAt('2026-11-23T03:00:00Z', { stage: 'rcpt' }),
    expect: 'skip not_applicable',
  },
  {
    name: 'a message that is no prospecting',
    facts: hoursAt('2026-11-23T03:00:00Z', { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
  { name: 'Monday, 8:00 in Paris, in winter', facts: hoursAt('2026-11-23T07:00:00Z'), expect: 'pass' },
  { name: 'a second before', facts: hoursAt('2026-11-23T06:59:59Z'), expect: 'fail hour', evidence: { hour: 7 } },
  { name: 'Monday, 8:00 in Paris, in summer', facts: hoursAt('2026-07-20T06:00:00Z'), expect: 'pass' },
  { name: 'a second before', facts: hoursAt('2026-07-20T05:59:59Z'), expect: 'fail hour', evidence: { hour: 7 } },
  { name: 'Saturday, 21:59:59', facts: hoursAt('2026-11-21T20:59:59Z'), expect: 'pass' },
  { name: 'Saturday, 22:00', facts: hoursAt('2026-11-21T21:00:00Z'), expect: 'fail hour', evidence: { hour: 22 } },
  { name: 'Sunday at noon', facts: hoursAt('2026-11-22T11:00:00Z'), expect: 'fail weekday', evidence: { weekday: 7 } },
  {
    name: 'Monday at 8:00 the day after the clocks went back',
    facts: hoursAt('2026-10-26T07:00:00Z'),
    expect: 'pass',
  },
  {
    name: 'half past midnight on a Monday, still Sunday in UTC',
    facts: hoursAt('2026-07-19T22:30:00Z'),
    expect: 'fail hour',
    evidence: { hour: 0 },
  },
  { name: '11 November at noon', facts: hoursAt('2026-11-11T11:00:00Z'), expect: 'fail public_holiday' },
  { name: 'Easter Monday 2026', facts: hoursAt('2026-04-06T10:00:00Z'), expect: 'fail public_holiday' },
  { name: 'Ascension Day 2027', facts: hoursAt('2027-05-06T10:00:00Z'), expect: 'fail public_holiday' },
  { name: 'Whit Monday 2028', facts: hoursAt('2028-06-05T10:00:00Z'), expect: 'fail public_holiday' },
  { name: 'the day after Whit Monday 2028', facts: hoursAt('2028-06-06T10:00:00Z'), expect: 'pass' },
])

function saying(text: string, senderNumber?: string, over = {}) {
  const readings = [
    { kind: 'text/plain' as const, visibleText: text, privacyLink: 'absent' as const, optOutParagraph: '' },
  ]
  return addressedFacts({ readings, senderNumber }, { ...bySms, ...over })
}

ruleTable(smsStop, [
  { name: 'an e-mail', facts: addressedFacts(), expect: 'skip not_applicable' },
  {
    name: 'a one-time password',
    facts: saying('Votre code : 123456', undefined, { messageClass: 'transactional' }),
    expect: 'skip not_applicable',
  },
  { name: 'STOP to a short code named in the text', facts: saying('Acme : -20 %. STOP au 36123'), expect: 'pass' },
  { name: 'STOP, sent from the declared short code', facts: saying('Acme : -20 %. STOP', '38123'), expect: 'pass' },
  { name: 'STOP, sent by the gateway under the declared code', facts: saying('Acme : -20 %. STOP'), expect: 'pass' },
  {
    name: 'STOP, sent from a mobile number',
    facts: saying('Acme : -20 %. STOP', '33639980001'),
    expect: 'fail sender_not_short_code',
  },
  {
    name: 'STOP, sent from a short code nobody declared',
    facts: saying('Acme : -20 %. STOP', '38999'),
    expect: 'fail sender_not_short_code',
  },
  {
    name: 'no short code declared, none named',
    facts: saying('Acme : -20 %. STOP', undefined, { policy: aPolicy({ sms: { ...SMS, shortCodes: [] } }) }),
    expect: 'fail sender_not_short_code',
  },
  {
    name: 'STOP to a five-digit number that is no short code (9xxxx)',
    facts: saying('Acme : -20 %. STOP au 96123', '33639980001'),
    expect: 'fail sender_not_short_code',
  },
  { name: 'no STOP', facts: saying('Acme : -20 % samedi', '38123'), expect: 'fail no_stop' },
  {
    name: 'STOP to a mobile number named in the text, whatever the gateway is set up with',
    facts: saying('Acme : -20 %. STOP au 06 39 98 00 01'),
    expect: 'fail sender_not_short_code',
  },
  { name: '"stop SMS au 36xxx", in small letters', facts: saying('Acme : -20 %. stop SMS au 36123'), expect: 'pass' },
  { name: '"STOP 36xxx"', facts: saying('Acme : -20 %. STOP 36123', '33639980001'), expect: 'pass' },
  {
    name: '"STOP par SMS au 36xxx"',
    facts: saying('Acme : soldes. STOP par SMS au 36123', '33639980001'),
    expect: 'pass',
  },
  {
    name: '"Stop à la vie chère" is an offer',
    facts: saying('Acme : Stop à la vie chère !', '38123'),
    expect: 'fail no_stop',
  },
  { name: 'a price after STOP is no number', facts: saying('Acme. STOP 20 % partout', '38123'), expect: 'pass' },
  {
    name: 'a sum of five digits after STOP is none either',
    facts: saying('Acme. STOP 36000€ de dettes', '33639980001'),
    expect: 'fail sender_not_short_code',
  },
  { name: 'a night NON-STOP', facts: saying('Acme : nuit NON-STOP', '38123'), expect: 'fail no_stop' },
  { name: 'STOP inside another word', facts: saying('Acme : NONSTOP -20 %', '38123'), expect: 'fail no_stop' },
  { name: 'nothing to read', facts: addressedFacts({ readings: [] }, bySms), expect: 'fail no_stop' },
  {
    name: 'nobody knows who writes',
    facts: saying('-20 % samedi. STOP au 36123'),
    expect: 'fail advertiser_not_named',
  },
])
