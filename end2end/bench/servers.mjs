// A simulated cluster, and a portal that uses it: two processes of the release build on free ports. The first can stand
// for Proofpoint Essentials too.
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from './client.mjs'

const START_MS = 60_000
const STOP_MS = 10_000

// A signal ends a process without the `exit` event, which stops the servers.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/**
 * Runs `measure({ simulator, portal })` between a start and a stop of both; with `proofpoint: true`, `measure` also gets
 * simulated Proofpoint Essentials, whose example.com has as many generated users as the cluster.
 */
export async function withServers(users, measure, { proofpoint = false } = {}) {
  // The working folder, in which the portal may create files, is deleted after the measurement.
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  const servers = []
  try {
    const simulator = await startSimulator(users, folder, proofpoint)
    servers.push(simulator)
    const mail = { url: simulator.addresses.proofpoint }
    const portal = await startPortal(simulator, mail, folder)
    servers.push(portal)
    return await measure({ simulator, portal, proofpoint: mail })
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    process.removeListener('exit', remove)
    remove()
  }
}

/** Starts `postern simulate` and waits until it answers: it prints its addresses before it generates the users. */
async function startSimulator(users, folder, proofpoint) {
  const args = ['simulate', '--users', String(users)]
  if (proofpoint) args.push('--proofpoint-listen', '127.0.0.1:0')
  const names = proofpoint ? ['simulator', 'proofpoint'] : ['simulator']
  const simulator = await start(names, args, {}, folder)
  for (const url of Object.values(simulator.addresses)) {
    const client = new Client(url)
    await client.get('/_simulator/settings')
    client.close()
  }
  return simulator
}

/** Starts `postern serve` with these simulators as the cluster and as Proofpoint Essentials. */
function startPortal(simulator, proofpoint, folder) {
  const systems = { POSTERN_PROTEGRITY_URL: simulator.url }
  if (proofpoint.url) systems.POSTERN_PROOFPOINT_SIMULATOR = proofpoint.url
  return start(['portal'], ['serve'], systems, folder)
}

/** Starts `postern` and waits until it has printed an address by each of these names. Its own is the first. */
async function start(names, args, added, folder) {
  const binary = process.env.POSTERN_BIN
  if (!binary) throw new Error('POSTERN_BIN has to name the release build: start this by `cargo xtask bench`')
  const log = join(folder, `${names[0]}.log`)
  // The log goes to a file, as to a journal. Reading it in this process would cost the load generator time.
  const stderr = openSync(log, 'a')
  const startedAt = performance.now()
  const child = spawn(binary, [...args, '--listen', '127.0.0.1:0'], {
    cwd: folder,
    env: { ...cleanEnvironment(), ...added },
    stdio: ['ignore', 'pipe', stderr],
  })
  closeSync(stderr)
  // Stops the server even if the script fails or is stopped.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise((resolve) => {
    child.once('error', resolve)
    child.once('exit', resolve)
  })
  ended.then(() => process.removeListener('exit', kill))

  const addresses = {}
  const announced = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [name, url] = line.split(': ')
      if (names.includes(name) && url?.startsWith('http')) addresses[name] = url.trim()
      if (names.every((name) => name in addresses)) resolve(true)
    })
  })
  if (!(await Promise.race([announced, ended.then(() => false), after(START_MS)]))) {
    kill()
    throw new Error(`postern ${args[0]} did not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`)
  }
  return {
    url: addresses[names[0]],
    addresses,
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

/** The environment without the portal's settings, so that those of the shell do not reach the measured portal. */
function cleanEnvironment() {
  const foreign = (name) => name.startsWith('POSTERN_') || name === 'RUST_LOG'
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)))
}

function after(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis).unref())
}

/** The resident memory of a process, in bytes. */
export function residentBytes({ pid }) {
  let status
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    throw new Error('memory is read from /proc: measure it on Linux')
  }
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024
}

/** Of a second in `/proc`: `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux. */
const TICKS = 100

/** The processor time that a process has used, in milliseconds. */
export function processorMillis({ pid }) {
  let stat
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    throw new Error('processor time is read from /proc: measure it on Linux')
  }
  // The name of the program, in brackets, can contain spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [fields[11], fields[12]].map(Number)
  return ((user + system) * 1000) / TICKS
}
