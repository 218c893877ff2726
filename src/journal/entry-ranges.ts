/** Numbers of entries as an entry lists them: `7` for one, `12-15` for several in a row. */

/** @param numbers ascending, without repetition */
export function writeRanges(numbers: readonly number[]): string[] {
  const ranges: string[] = []
  for (let i = 0; i < numbers.length; i++) {
    const first = numbers[i]!
    while (numbers[i + 1] === numbers[i]! + 1) i++
    ranges.push(first === numbers[i] ? String(first) : `${first}-${numbers[i]}`)
  }
  return ranges
}

/** First and last number of each; what is no range is left out. */
export function rangesOf(texts: readonly unknown[]): [first: number, last: number][] {
  return texts.flatMap((text) => {
    const match = typeof text === 'string' ? /^([0-9]{1,15})(?:-([0-9]{1,15}))?$/.exec(text) : null
    return match ? [[Number(match[1]), Number(match[2] ?? match[1])] as [number, number]] : []
  })
}
