/**
 * A root directory of its own for a mail server that cannot be installed beside Postfix: the program as Debian packages it,
 * the libraries it is linked with, the users it wants. `.ci/peers` fetches the programs. Needs root.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const PROGRAMS = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'aval-peers', 'root')

export interface CageUser {
  readonly name: string
  readonly id: number
  readonly home: string
}

export function hasCaged(program: string): boolean {
  return process.getuid?.() === 0 && existsSync(join(PROGRAMS, program))
}

export class Cage {
  readonly root = mkdtempSync(join(tmpdir(), 'aval-cage-'))
  #child: ChildProcess | undefined

  constructor(programs: readonly string[], users: readonly CageUser[]) {
    for (const directory of ['dev', 'etc', 'run', 'tmp', 'usr/sbin', 'var/spool', 'var/log']) this.directory(directory)
    execFileSync('chmod', ['755', this.root])
    execFileSync('chmod', ['1777', join(this.root, 'tmp')])
    execFileSync('ln', ['-s', '/run', join(this.root, 'var/run')])
    execFileSync('mknod', ['-m', '666', join(this.root, 'dev/null'), 'c', '1', '3'])
    execFileSync('mknod', ['-m', '666', join(this.root, 'dev/urandom'), 'c', '1', '9'])
    for (const program of programs) this.#install(program)
    const everybody = [{ name: 'root', id: 0, home: '/' }, { name: 'nobody', id: 65_534, home: '/' }, ...users]
    this.file(
      'etc/passwd',
      everybody.map(({ name, id, home }) => `${name}:x:${id}:${id}::${home}:/bin/false\n`).join(''),
    )
    this.file('etc/group', everybody.map(({ name, id }) => `${name}:x:${id}:\n`).join(''))
    this.file('etc/hosts', '127.0.0.1 localhost\n')
    this.file('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n')
  }

  /** Made with its parents; owned by root unless said otherwise. */
  directory(path: string, owner?: CageUser): void {
    mkdirSync(join(this.root, path), { recursive: true })
    if (owner !== undefined) chownSync(join(this.root, path), owner.id, owner.id)
  }

  file(path: string, content: string): void {
    writeFileSync(join(this.root, path), content)
  }

  /** Runs the program in the foreground, in a process group of its own. */
  start(program: string, args: readonly string[]): ChildProcess {
    this.#child = spawn('chroot', [this.root, program, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    return this.#child
  }

  stop(): void {
    const pid = this.#child?.pid
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
    rmSync(this.root, { recursive: true, force: true })
  }

  #install(program: string): void {
    const source = join(PROGRAMS, program)
    const libraries = execFileSync('ldd', [source], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
    const files = [[source, program] as const, ...libraries.map((path) => [path, path] as const)]
    for (const [from, to] of files) {
      mkdirSync(dirname(join(this.root, to)), { recursive: true })
      copyFileSync(from, join(this.root, to))
    }
  }
}
