/** A disk of its own for one test, so that it can be filled or fail. Needs root on Linux and a loop device. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statfsSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { makeDirectory, removeDirectory } from './aval.js'

export class SmallDisk {
  /** Where its files are. */
  readonly path: string
  readonly #image: string

  /** @param directory takes the image and the mount point; exists */
  constructor(directory: string, megabytes = 16) {
    this.path = join(directory, 'disk')
    this.#image = join(directory, 'disk.img')
    const image = openSync(this.#image, 'w')
    ftruncateSync(image, megabytes * 1024 * 1024)
    closeSync(image)
    execFileSync('mkfs.ext4', ['-q', this.#image], { stdio: 'pipe' })
    mkdirSync(this.path)
    this.mount()
  }

  mount(): void {
    execFileSync('mount', ['-o', 'loop,errors=remount-ro', this.#image, this.path], { stdio: 'pipe' })
  }

  /** Nobody may have files open on it. */
  unmount(): void {
    execFileSync('umount', [this.path], { stdio: 'pipe' })
  }

  /** Takes every block that is left, while others may be taking some too. */
  fill(): void {
    const filler = openSync(join(this.path, 'filler'), 'w')
    try {
      for (;;) writeSync(filler, Buffer.alloc(statfsSync(this.path).bsize))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    } finally {
      closeSync(filler)
    }
  }

  free(): void {
    unlinkSync(join(this.path, 'filler'))
  }

  /** The kernel finds an error and allows no more writing, until {@link repair}. */
  failReadOnly(): void {
    const device = execFileSync('findmnt', ['-no', 'SOURCE', this.path], { encoding: 'utf8' }).trim()
    writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, '1')
  }

  /** Nobody may have files open on it. */
  repair(): void {
    this.unmount()
    spawnSync('e2fsck', ['-p', this.#image], { stdio: 'ignore' })
    this.mount()
  }

  remove(): void {
    spawnSync('umount', ['-l', this.path], { stdio: 'ignore' })
  }
}

export function canHaveSmallDisk(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const place = makeDirectory()
  try {
    new SmallDisk(place, 1).remove()
    return true
  } catch {
    return false
  } finally {
    removeDirectory(place)
  }
}
