/** One line that says how far a long file is read. */

const WIDTH = 30

/** `[####......] 13 %  4711` */
export function progressBar(bytes: number, size: number, rows: number): string {
  const share = size === 0 ? 1 : Math.min(bytes / size, 1)
  const filled = Math.round(share * WIDTH)
  return `[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %  ${rows}`
}
