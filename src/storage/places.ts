/** Where files and directories are, or would be made. */
import { existsSync, lstatSync, readlinkSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * The path itself, or the nearest directory above it that is there.
 *
 * @throws the error of the file system for a link that leads nowhere: no directory is made behind it
 */
export function nearestThere(path: string): string {
  let place = path
  while (!existsSync(place)) {
    if (isLink(place)) statSync(place)
    place = dirname(place)
  }
  return place
}

/** As many as Linux follows. */
const MOST_LINKS = 40

/**
 * The directory a file is in, or would be made in by whoever opens it, links followed.
 *
 * @throws the error of the file system for links that lead nowhere, or in a circle
 */
export function directoryFor(path: string): string {
  let place = path
  for (let links = 0; isLink(place); links++) {
    if (links === MOST_LINKS) statSync(path)
    place = resolve(dirname(place), readlinkSync(place))
  }
  if (place !== path) statSync(dirname(place))
  return nearestThere(dirname(place))
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}
