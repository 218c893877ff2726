/** Numbers of the Sirene register of French companies. */

/** Nine digits, the last a check digit (Luhn). */
export function isSiren(text: string): boolean {
  return /^[0-9]{9}$/.test(text) && passesLuhn(text)
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (const [index, digit] of digits.split('').toReversed().entries()) {
    const weighted = Number(digit) * (index % 2 === 1 ? 2 : 1)
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}
