// A server process under test: starts it, reads its addresses from the output, keeps the end of its log, and stops it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAX_LINES = 2_000
const START_MS = 60_000
const STOP_MS = 10_000

const BINARY =
  process.env.POSTERN_BIN ?? fileURLToPath(new URL('../../target/debug/postern', import.meta.url))

/** The environment without the portal's settings, so that those of the shell do not reach the portal under test. */
function cleanEnvironment(added: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_'))
  return { ...Object.fromEntries(kept), ...added }
}

/** Runs `postern …` to its end, and returns its output. Throws if it fails. */
export function output(args: string[]): string {
  return execFileSync(BINARY, args, { env: cleanEnvironment({}), encoding: 'utf8', timeout: START_MS })
}

export class Server {
  private readonly log: string[] = []
  private readonly addresses = new Map<string, string>()
  private readonly ended: Promise<string>
  private end: string | undefined
  private announced: () => void = () => {}
  private readonly child: ChildProcess
  private readonly name: string

  private constructor(name: string, child: ChildProcess) {
    this.name = name
    this.child = child
    if (!child.stdout || !child.stderr) throw new Error(`${name}: the output is not connected`)
    createInterface({ input: child.stdout }).on('line', (line) => this.readLine(line))
    createInterface({ input: child.stderr }).on('line', (line) => this.appendToLog(line))
    this.ended = new Promise((resolve) => {
      const finish = (how: string) => {
        this.end ??= how
        resolve(how)
      }
      child.once('error', (error) => finish(`did not start: ${error.message}`))
      child.once('exit', (code, signal) => finish(`ended with ${signal ?? `exit code ${code}`}`))
    })
  }

  /** Starts `postern …` and waits until it has printed `name: http://…` for each of the names. */
  static async start(
    args: string[],
    options: { announces: string[]; cwd: string; env?: Record<string, string> },
  ): Promise<Server> {
    const child = spawn(BINARY, args, {
      cwd: options.cwd,
      env: cleanEnvironment(options.env ?? {}),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const server = new Server(`postern ${args[0]}`, child)
    try {
      await server.waitFor(options.announces)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
    return server
  }

  /** The address that the process printed under this name. */
  address(name: string): string {
    const address = this.addresses.get(name)
    if (!address) throw new Error(`${this.name} did not print "${name}: http://…"`)
    return address
  }

  /** The log since a mark, as far as its lines are kept. */
  logSince(mark: number): string {
    const dropped = Math.max(0, this.lineCount - this.log.length)
    return this.log.slice(Math.max(0, mark - dropped)).join('\n')
  }

  /** The present end of the log. */
  mark(): number {
    return this.lineCount
  }

  /** Stops the process with SIGTERM. Throws if it has ended before, or does not stop in time. */
  async stop(): Promise<void> {
    if (this.end) throw new Error(`${this.name} ${this.end} during the tests\n${this.logSince(0)}`)
    this.child.kill('SIGTERM')
    const killed = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS)
    const how = await this.ended
    clearTimeout(killed)
    if (how !== 'ended with exit code 0') {
      throw new Error(`after SIGTERM, ${this.name} ${how}\n${this.logSince(0)}`)
    }
  }

  private lineCount = 0

  private appendToLog(line: string): void {
    this.lineCount += 1
    this.log.push(line)
    if (this.log.length > MAX_LINES) this.log.shift()
  }

  private readLine(line: string): void {
    const [, name, address] = /^([a-z]+): (https?:\/\/\S+)$/.exec(line) ?? []
    if (name && address) {
      this.addresses.set(name, address.replace(/\/$/, ''))
      this.announced()
    } else {
      this.appendToLog(line)
    }
  }

  private async waitFor(names: string[]): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const all = new Promise<undefined>((resolve) => {
      this.announced = () => {
        if (names.every((name) => this.addresses.has(name))) resolve(undefined)
      }
      this.announced()
    })
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`did not print its addresses within ${START_MS / 1000} s`), START_MS)
    })
    const failure = await Promise.race([all, this.ended, late])
    clearTimeout(timer)
    if (failure) throw new Error(`${this.name} ${failure}\n${this.logSince(0)}`)
  }
}
