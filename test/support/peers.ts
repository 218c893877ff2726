/** Programs that are not ours. On a developer's machine their tests may be left out; where CI runs none may be missing. */
import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

const REQUIRED = process.env['AVAL_TEST_REQUIRE_PEERS'] === '1'

/** `describe` for tests that need these; says in one line what was left out when they are missing. */
export function describeWith(peers: Readonly<Record<string, boolean>>, name: string, tests: () => void): void {
  const missing = Object.entries(peers).flatMap(([peer, present]) => (present ? [] : [peer]))
  if (missing.length === 0) {
    describe(name, tests)
  } else if (REQUIRED) {
    throw new Error(`"${name}" needs ${missing.join(', ')}, and nothing may be left out here`)
  } else {
    process.stderr.write(`left out for want of ${missing.join(', ')}: ${name}\n`)
    describe.skip(name, tests)
  }
}

export function hasCommand(command: string, ...args: string[]): boolean {
  return spawnSync(command, args.length === 0 ? ['--version'] : args, { stdio: 'ignore' }).error === undefined
}

/** PHPMailer as Debian packages it. */
export const PHPMAILER = '/usr/share/php/libphp-phpmailer/autoload.php'
