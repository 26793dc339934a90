// A server under test: started, waited for until it says where it listens, stopped, with the last of its log kept.
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const KEPT_LINES = 2_000
const START_MS = 60_000
const STOP_MS = 10_000

const BINARY =
  process.env.POSTERN_BIN ?? fileURLToPath(new URL('../../target/debug/postern', import.meta.url))

/** What the caller's shell sets for the portal must not reach the portal under test. */
function cleanEnvironment(added: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('POSTERN_'))
  return { ...Object.fromEntries(kept), ...added }
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
    if (!child.stdout || !child.stderr) throw new Error(`${name}: its output is not connected`)
    createInterface({ input: child.stdout }).on('line', (line) => this.hear(line))
    createInterface({ input: child.stderr }).on('line', (line) => this.keep(line))
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

  /** Where it said that this part of it listens. */
  address(name: string): string {
    const address = this.addresses.get(name)
    if (!address) throw new Error(`${this.name} did not print "${name}: http://…"`)
    return address
  }

  /** What it logged since the mark that an earlier call gave; at most the last lines that are kept. */
  logSince(mark: number): string {
    const missing = Math.max(0, this.heard - this.log.length)
    return this.log.slice(Math.max(0, mark - missing)).join('\n')
  }

  mark(): number {
    return this.heard
  }

  /** Asks it to stop, as an operator would. One that has died before, or will not go, fails the tests. */
  async stop(): Promise<void> {
    if (this.end) throw new Error(`${this.name} ${this.end} during the tests\n${this.logSince(0)}`)
    this.child.kill('SIGTERM')
    const killed = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS)
    const how = await this.ended
    clearTimeout(killed)
    if (how !== 'ended with exit code 0') {
      throw new Error(`asked to stop, ${this.name} ${how}\n${this.logSince(0)}`)
    }
  }

  private heard = 0

  private keep(line: string): void {
    this.heard += 1
    this.log.push(line)
    if (this.log.length > KEPT_LINES) this.log.shift()
  }

  private hear(line: string): void {
    const [, name, address] = /^([a-z]+): (https?:\/\/\S+)$/.exec(line) ?? []
    if (name && address) {
      this.addresses.set(name, address.replace(/\/$/, ''))
      this.announced()
    } else {
      this.keep(line)
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
      timer = setTimeout(() => resolve(`did not say where it listens within ${START_MS / 1000} s`), START_MS)
    })
    const trouble = await Promise.race([all, this.ended, late])
    clearTimeout(timer)
    if (trouble) throw new Error(`${this.name} ${trouble}\n${this.logSince(0)}`)
  }
}
