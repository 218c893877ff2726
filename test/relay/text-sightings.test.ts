import { expect, test } from 'vitest'
import type { SubjectKeys } from '#aval/domain/subject-key.js'
import { createTextSightings } from '#aval/relay/text-sightings.js'
import { isAlike, sketchOf } from '#aval/rules/body-sketch.js'
import { HOUR, NOW } from '../support/facts.js'

const person = (number: number): SubjectKeys => {
  const key = number.toString(16).padStart(64, '0')
  return { keyId: 'k1', consentKey: key, objectionKey: key }
}

const OFFER = (name: string) =>
  `Bonjour ${name}, je me permets de vous écrire car notre société accompagne des entreprises comme la vôtre dans la
  gestion de leurs déchets, avec une baisse moyenne de leur facture d’un tiers. Seriez-vous disponible jeudi pour un
  échange de quinze minutes au téléphone ? Bien à vous, Julie Martin, responsable du développement, Acme SAS, Lyon.`
const ANSWER = `Bonjour Madame, merci pour votre message d’hier. Le rendez-vous de vendredi à dix heures nous convient, nous
  serons trois. Pourriez-vous préparer les plans du rez-de-chaussée et la liste des matériaux dont nous avons parlé avec
  votre collègue au printemps ? Bien à vous, Julie Martin, responsable du développement, Acme SAS, Lyon.`

test('the same text to one after the other is counted, each person once', () => {
  const seen = createTextSightings()
  const counts = ['Jean', 'Marie', 'Paul', 'Paul'].map((name, index) =>
    seen.count('support', sketchOf(OFFER(name)), person(Math.min(index, 2)), NOW + index),
  )
  expect(counts).toEqual([1, 2, 3, 3])
})

test('another text, another credential, a text too short to tell: counted by themselves', () => {
  const seen = createTextSightings()
  seen.count('support', sketchOf(OFFER('Jean')), person(1), NOW)
  expect(seen.count('support', sketchOf(ANSWER), person(2), NOW)).toBe(1)
  expect(seen.count('sales', sketchOf(OFFER('Jean')), person(2), NOW)).toBe(1)
  const thanks = sketchOf('Merci beaucoup, bien reçu.')
  expect([1, 2, 3].map((number) => seen.count('support', thanks, person(number), NOW))).toEqual([1, 1, 1])
})

test('an hour later the person does not count any more: last counted moment, first forgotten one', () => {
  const seen = createTextSightings()
  const text = sketchOf(OFFER('Jean'))
  seen.count('support', text, person(1), NOW)
  expect(seen.count('support', text, person(2), NOW + HOUR - 1)).toBe(2)
  expect(seen.count('support', text, person(3), NOW + HOUR)).toBe(2)
})

test('I12: no more than the last thousand people of the last two hundred texts are remembered', () => {
  const seen = createTextSightings()
  const text = sketchOf(OFFER('Jean'))
  let count = 0
  for (let number = 0; number < 1_200; number++) count = seen.count('support', text, person(number), NOW)
  expect(count).toBe(1_000)
  for (let number = 0; number < 200; number++) {
    const other = sketchOf(Array.from({ length: 40 }, (_, word) => `mot${number}x${word}`).join(' '))
    seen.count('support', other, person(1), NOW)
  }
  expect(seen.count('support', text, person(1), NOW)).toBe(1)
})

test('a signature that all messages share does not make them alike; a greeting does not make them differ', () => {
  expect(isAlike(sketchOf(OFFER('Jean')), sketchOf(OFFER('Marie-Christine')))).toBe(true)
  expect(isAlike(sketchOf(OFFER('Jean')), sketchOf(ANSWER))).toBe(false)
})
