// A portal with its own simulated systems for each test worker, on free ports.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Server } from './process'
import { Simulator, type TokenMode } from './simulator'

export interface PortalOptions {
  /** The number of generated users. */
  users: number
  tokenMode: TokenMode
  /** Policy management of the cluster: with a policy world, or as a new cluster has it. */
  pim: 'seeded' | 'empty'
  /** Starts `postern demo`, which includes the simulator, instead of `postern serve` and a simulator. */
  demo: boolean
  /** Whether a deployment needs a second officer. */
  deployApproval: boolean
}

export class Portal {
  readonly url: string
  readonly simulator: Simulator
  /** Simulated Proofpoint Essentials. */
  readonly proofpoint: Simulator
  readonly servers: readonly Server[]
  private readonly folder: string
  private readonly paths = new Map<string, string>()

  private constructor(servers: [Server, ...Server[]], folder: string) {
    const [portal, simulator = portal] = servers
    this.url = portal.address('portal')
    this.simulator = new Simulator(simulator.address('simulator'))
    this.proofpoint = new Simulator(simulator.address('proofpoint'))
    this.servers = servers
    this.folder = folder
  }

  static async start({ users, tokenMode, pim, demo, deployApproval }: PortalOptions): Promise<Portal> {
    // The working folder, in which the portal may create files, is deleted after the tests.
    const cwd = await mkdtemp(join(tmpdir(), 'postern-end2end-'))
    const listen = ['--listen', '127.0.0.1:0']
    const cluster = ['--users', String(users), '--token-mode', tokenMode, '--pim', pim]
    const started: Server[] = []
    try {
      if (demo) {
        const approval = deployApproval ? ['--deploy-approval'] : []
        const both = await Server.start(['demo', ...listen, ...cluster, ...approval], {
          announces: ['portal', 'simulator', 'proofpoint'],
          cwd,
        })
        return new Portal([both], cwd)
      }
      const proofpoint = ['--proofpoint-listen', '127.0.0.1:0']
      const simulator = await Server.start(['simulate', ...listen, ...proofpoint, ...cluster], {
        announces: ['simulator', 'proofpoint'],
        cwd,
      })
      started.push(simulator)
      const portal = await Server.start(['serve', ...listen], {
        announces: ['portal'],
        cwd,
        env: {
          POSTERN_PROTEGRITY_URL: simulator.address('simulator'),
          POSTERN_PROOFPOINT_SIMULATOR: simulator.address('proofpoint'),
          POSTERN_DEPLOY_APPROVAL: String(deployApproval),
        },
      })
      return new Portal([portal, simulator], cwd)
    } catch (error) {
      await Promise.allSettled(started.map((server) => server.stop()))
      await rm(cwd, { recursive: true, force: true })
      throw error
    }
  }

  /** The path of a user's page. It can be cached, because a reset does not change the users' ids. */
  async userPath(username: string): Promise<string> {
    let path = this.paths.get(username)
    if (!path) {
      path = `/users/${await (await this.simulator.asAdmin()).userId(username)}`
      this.paths.set(username, path)
    }
    return path
  }

  /** The portal's log. In demo mode it includes the simulator's log. */
  get log(): Server {
    return this.servers[0]!
  }

  async stop(): Promise<void> {
    const stopped = await Promise.allSettled(this.servers.map((server) => server.stop()))
    await rm(this.folder, { recursive: true, force: true })
    const failed = stopped.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }
}
