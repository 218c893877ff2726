/** How much a test that could go on for hours does: little where nothing is said, more for the asking. */

/** @param variable of the environment that says how many; a number of 1 or more */
export function effort(variable: string, otherwise: number): number {
  const asked = process.env[variable]
  if (asked === undefined) return otherwise
  const count = Number(asked)
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${variable} is to be a whole number from 1 on`)
  return count
}
