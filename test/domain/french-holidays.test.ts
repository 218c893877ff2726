import { describe, expect, test } from 'vitest'
import { isFrenchHoliday } from '#aval/domain/french-holidays.js'

const DAY = 86_400_000
const YEARS = Array.from({ length: 500 }, (_, index) => 1_800 + index)

function isHoliday(at: number): boolean {
  const date = new Date(at)
  return isFrenchHoliday({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() })
}

/** Days of a year as `1 January` is `1-1`. */
function holidaysOf(year: number): string[] {
  const days = Array.from({ length: 366 }, (_, index) => new Date(Date.UTC(year, 0, 1 + index)))
  return days
    .filter((day) => day.getUTCFullYear() === year && isHoliday(day.getTime()))
    .map((day) => `${day.getUTCDate()}-${day.getUTCMonth() + 1}`)
}

/** Easter Sunday by Gauss, as Lichtenberg completed it: another way to the same date than the one tested. */
function easter(year: number): number {
  const century = Math.floor(year / 100)
  const moonShift = 15 + Math.floor((3 * century + 3) / 4) - Math.floor((8 * century + 13) / 25)
  const sunShift = 2 - Math.floor((3 * century + 3) / 4)
  const golden = year % 19
  const seed = (19 * golden + moonShift) % 30
  const correction = Math.floor((seed + Math.floor(golden / 11)) / 29)
  const fullMoon = 21 + seed - correction
  const firstSunday = 7 - ((((year + Math.floor(year / 4) + sunShift) % 7) + 7) % 7)
  const distance = 7 - ((((fullMoon - firstSunday) % 7) + 7) % 7)
  return Date.UTC(year, 2, fullMoon + distance)
}

describe('public holidays', () => {
  test('of 2026: eleven, and no other day', () => {
    expect(holidaysOf(2026)).toEqual([
      '1-1',
      '6-4',
      '1-5',
      '8-5',
      '14-5',
      '25-5',
      '14-7',
      '15-8',
      '1-11',
      '11-11',
      '25-12',
    ])
  })

  test('of 2008: Ascension was Labour Day', () => {
    expect(holidaysOf(2008)).toEqual(['1-1', '24-3', '1-5', '8-5', '12-5', '14-7', '15-8', '1-11', '11-11', '25-12'])
  })

  test.each([
    ['the earliest there can be', '1818-03-22'],
    ['where the epact is corrected', '1954-04-18'],
    ['where it is corrected too', '1981-04-19'],
    ['in a leap year', '2024-03-31'],
    ['this year', '2026-04-05'],
    ['the latest there can be', '2038-04-25'],
  ])('Easter %s: %s', (_what, sunday) => {
    const at = Date.parse(sunday)
    expect(easter(new Date(at).getUTCFullYear())).toBe(at)
    expect(isHoliday(at + DAY)).toBe(true)
  })

  test('Easter Monday, Ascension and Whit Monday of five centuries; Good Friday and the Sundays are none', () => {
    for (const year of YEARS) {
      const sunday = easter(year)
      expect([1, 39, 50].map((days) => isHoliday(sunday + days * DAY))).toEqual([true, true, true])
      expect([-2, 0, 2, 49].filter((days) => isHoliday(sunday + days * DAY) && !isFixed(sunday + days * DAY))).toEqual(
        [],
      )
    }
  })
})

function isFixed(at: number): boolean {
  return ['05-01', '05-08'].includes(new Date(at).toISOString().slice(5, 10))
}
