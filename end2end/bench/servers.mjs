// A simulated cluster and a portal in front of it, two processes of the release build on free ports.
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from './client.mjs'

const START_MS = 60_000
const STOP_MS = 10_000

// Stopped from outside, a process ends without its `exit` event, and would leave the servers behind.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/** Runs `measure({ simulator, portal })` between a start and a stop of both. */
export async function withServers(users, measure) {
  // Whatever the portal keeps in files goes into a folder that is gone afterwards.
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const servers = []
  try {
    const simulator = await startSimulator(users, folder)
    servers.push(simulator)
    const portal = await startPortal(simulator, folder)
    servers.push(portal)
    return await measure({ simulator, portal })
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    process.removeListener('exit', remove)
    remove()
  }
}

/** `postern simulate`, ready: it says where it listens before it has made up its users. */
async function startSimulator(users, folder) {
  const simulator = await start('simulator', ['simulate', '--users', String(users)], {}, folder)
  const client = new Client(simulator.url)
  await client.get('/_simulator/settings')
  client.close()
  return simulator
}

/** `postern serve` in front of this simulator. */
function startPortal(simulator, folder) {
  return start('portal', ['serve'], { POSTERN_PROTEGRITY_URL: simulator.url }, folder)
}

async function start(name, args, added, folder) {
  const binary = process.env.POSTERN_BIN
  if (!binary) throw new Error('POSTERN_BIN has to name the release build: start this by `cargo xtask bench`')
  const log = join(folder, `${name}.log`)
  // The log goes to a file, as it would to a journal. Read by this process, it would cost the load generator time.
  const stderr = openSync(log, 'a')
  const startedAt = performance.now()
  const child = spawn(binary, [...args, '--listen', '127.0.0.1:0'], {
    cwd: folder,
    env: { ...cleanEnvironment(), ...added },
    stdio: ['ignore', 'pipe', stderr],
  })
  closeSync(stderr)
  // A script that is stopped, or fails, must not leave servers behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise((resolve) => {
    child.once('error', resolve)
    child.once('exit', resolve)
  })
  ended.then(() => process.removeListener('exit', kill))

  const announced = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith(`${name}: http`)) resolve(line.slice(name.length + 2).trim())
    })
  })
  const url = await Promise.race([announced, ended.then(() => undefined), after(START_MS)])
  if (!url) {
    kill()
    throw new Error(`postern ${args[0]} did not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`)
  }
  return {
    url,
    pid: child.pid,
    startedAt,
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(kill, STOP_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

/** What the caller's shell sets for the portal must not reach the one that is measured. */
function cleanEnvironment() {
  const foreign = (name) => name.startsWith('POSTERN_') || name === 'RUST_LOG'
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)))
}

function after(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis).unref())
}

/** What a process holds in memory, in bytes. */
export function residentBytes({ pid }) {
  let status
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    throw new Error('memory is read from /proc: measure it on Linux')
  }
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024
}
