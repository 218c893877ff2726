#!/usr/bin/env node
/** The entry of the process: makes the context of a command from the process and ends it with the command's exit code. */
import { runProgram } from './cli/program.js'
import { createTerminal } from './cli/terminal.js'
import { LANGUAGES } from './words/language.js'
import { languageOf, wantsColour } from './config/process-environment.js'

const argv = process.argv.slice(2)
const asked = LANGUAGES.find(
  (language) => argv.includes(`--lang=${language}`) || argv[argv.indexOf('--lang') + 1] === language,
)

// A reader that went away, as in `aval ... | head`, ends a command as SIGPIPE ends others: without saying that all was well.
const ENDED_BY_SIGPIPE = 128 + 13
process.stdout.on('error', () => process.exit(ENDED_BY_SIGPIPE))

// What is still open once a command has ended, such as an attempt to reach a silent server, is not waited for.
const LINGER_MS = 500

process.exitCode = await runProgram(
  {
    terminal: createTerminal({
      stdout: process.stdout,
      stderr: process.stderr,
      language: asked ?? languageOf(),
      colour: wantsColour(process.stdout.isTTY),
    }),
    stdin: process.stdin,
    now: Date.now,
  },
  argv,
)
setTimeout(() => process.exit(), LINGER_MS).unref()
