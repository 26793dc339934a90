// Clients of the simulator's control API, and of the cluster's own API, with which tests prepare and check its state.

export const TOKEN_MODES = ['claims', 'no-claims', 'opaque', 'header-only', 'no-refresh'] as const
export type TokenMode = (typeof TOKEN_MODES)[number]

export interface Call {
  sequence: number
  method: string
  path: string
  query: string | null
  /** 0 when the connection was closed without a response. */
  status: number
  millis: number
  correlation_id: string
  token: 'none' | 'header' | 'body' | 'expired' | 'unknown'
}

/** `'hold'` holds a request until `release` or a change of the faults. */
export type Fault =
  | { delay_ms: number }
  | 'hold'
  | { status: number; body?: string }
  | 'drop'
  | 'truncate'
  | 'not_json'
  | 'html'

export interface FaultRule {
  method?: string
  /** A prefix of the path, in whole segments; `*` stands for any one segment. */
  path: string
  fault: Fault
  /** The number of requests that get the fault; all of them when absent. */
  times?: number
}

export interface HeldRequest {
  method: string
  path: string
}

export interface Settings {
  token_mode: TokenMode
  access_seconds: number
  refresh_seconds: number
  /** Whether the login at `/api/v1/auth` returns a refresh token too. */
  api_refresh: boolean
  /** Delay before every response. */
  latency_ms: number
  /** Duration of a sign-in as `fault-slow`. */
  slow_ms: number
  /** The number of wrong passwords that locks a user out for a minute; 0 turns the lock-out off. */
  lockout_failures: number
  /** The effect of `PUT /groups` on members and roles. */
  group_update: 'replace' | 'add'
  /** The effect of a change of the password policy on absent rules. `'clamp'` also corrects some values. */
  policy_update: 'merge' | 'replace' | 'clamp'
  /** Whether single objects of policy management can be changed and deleted. */
  pim_items: boolean
}

/** The password of every demo account. */
export const PASSWORD = 'Demo-Passw0rd!'

export class Simulator {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** The calls to the cluster since the last `clearCalls`, the oldest first. */
  /** The calls so far, without the logouts: the portal ends the oldest of many sessions of one person behind its answers. */
  async calls(): Promise<Call[]> {
    const calls = (await (await this.control('GET', 'calls')).json()) as Call[]
    return calls.filter(({ path }) => !path.endsWith('/logout'))
  }

  async clearCalls(): Promise<void> {
    await this.control('DELETE', 'calls')
  }

  /** Replaces the fault rules and releases every held request. */
  async faults(rules: FaultRule[]): Promise<void> {
    await this.control('PUT', 'faults', rules)
  }

  /** Removes the fault rules and releases every held request. */
  async clearFaults(): Promise<void> {
    await this.control('DELETE', 'faults')
  }

  /** The requests that a `'hold'` holds now, the oldest first. */
  async held(): Promise<HeldRequest[]> {
    return (await this.control('GET', 'held')).json() as Promise<HeldRequest[]>
  }

  /** Waits until at least `count` requests are held, and releases the oldest `count`. */
  async release(count: number): Promise<void> {
    await this.control('POST', 'release', { count })
  }

  async settings(settings: Partial<Settings>): Promise<void> {
    await this.control('PUT', 'settings', settings)
  }

  /** Expires tokens issued so far. */
  async expire(what: 'access' | 'refresh' | 'all'): Promise<void> {
    await this.control('POST', 'expire', { what })
  }

  /** Restores the seeded users, roles and settings; removes all tokens, faults and calls. */
  async reset(): Promise<void> {
    await this.control('POST', 'reset')
  }

  /** A client of the cluster as its administrator, to prepare and to check the cluster's state. */
  async asAdmin(): Promise<ClusterAdmin> {
    const response = await fetch(`${this.url}/api/v1/auth/login/token`, {
      method: 'POST',
      body: new URLSearchParams({ loginname: 'admin', password: PASSWORD }),
    })
    const token = response.headers.get('pty_access_jwt_token')
    if (!response.ok || !token) throw new Error(`the cluster refused its administrator: ${response.status}`)
    return new ClusterAdmin(this.url, token)
  }

  /** The cluster's response to a login: `signed in`, or the text of the refusal. */
  async answerToLogin(loginname: string, password: string): Promise<string> {
    const body = new URLSearchParams({ loginname, password })
    const response = await fetch(`${this.url}/pty/v1/auth/login/token`, { method: 'POST', body })
    return response.ok ? 'signed in' : response.text()
  }

  private async control(method: string, path: string, body?: unknown): Promise<Response> {
    return call(`${this.url}/_simulator/${path}`, method, body)
  }
}

export class ClusterAdmin {
  private readonly url: string
  private readonly token: string

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  /** Calls `/pty/v1/auth/…`, and throws on any status but success. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await call(`${this.url}/pty/v1/auth${path}`, method, body, {
      authorization: `Bearer ${this.token}`,
    })
    const text = await response.text()
    return text ? JSON.parse(text) : undefined
  }

  /** Sets the log level of the service for authentication. The cluster answers with a sentence. */
  async setLogLevel(level: string): Promise<void> {
    await call(`${this.url}/pty/v1/auth/log`, 'POST', { level }, { authorization: `Bearer ${this.token}` })
  }

  /** Initialises policy management. */
  async initializePim(): Promise<void> {
    await call(`${this.url}/pty/v2/pim/init`, 'POST', undefined, { authorization: `Bearer ${this.token}` })
  }

  /** Creates an object of policy management, `/pty/v2/pim/…`, and returns its uid, where the answer has one. */
  async create(path: string, body: unknown): Promise<string> {
    const response = await call(`${this.url}/pty/v2/pim${path}`, 'POST', body, {
      authorization: `Bearer ${this.token}`,
    })
    const text = await response.text()
    return text ? (JSON.parse(text) as { uid: string }).uid : ''
  }

  async userId(username: string): Promise<string> {
    const users = (await this.call('GET', '/users?first=0&max=100000')) as { id: string; username: string }[]
    const user = users.find((user) => user.username === username)
    if (!user) throw new Error(`the cluster has no user ${username}`)
    return user.id
  }

  async isLocked(username: string): Promise<boolean> {
    const user = (await this.call('GET', `/users/${await this.userId(username)}`)) as { enabled: boolean }
    return !user.enabled
  }

  async lock(username: string): Promise<void> {
    await this.call('PUT', `/users/${await this.userId(username)}/lock`)
  }

  /** Unlocks a user. By the reference, the password is temporary. */
  async unlock(username: string, password: string): Promise<void> {
    await this.call('PUT', `/users/${await this.userId(username)}/unlock`, { password })
  }
}

async function call(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) {
    throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
  }
  return response
}
