// The simulated cluster's controls, and the cluster's own interface for what a test has to arrange.

export const TOKEN_MODES = ['claims', 'no-claims', 'opaque', 'header-only', 'no-refresh'] as const
export type TokenMode = (typeof TOKEN_MODES)[number]

export interface Call {
  sequence: number
  method: string
  path: string
  query: string | null
  /** 0 when the connection was dropped. */
  status: number
  millis: number
  correlation_id: string
  token: 'none' | 'header' | 'body' | 'expired' | 'unknown'
}

export type Fault =
  | { delay_ms: number }
  | { status: number; body?: string }
  | 'drop'
  | 'truncate'
  | 'not_json'
  | 'html'

export interface FaultRule {
  method?: string
  /** Its segments begin the request's path; `*` stands for any one segment. */
  path: string
  fault: Fault
  /** How often it happens; always, when left out. */
  times?: number
}

export interface Settings {
  token_mode: TokenMode
  access_seconds: number
  refresh_seconds: number
  /** Whether the login at `/api/v1/auth` gives a refresh token too. */
  api_refresh: boolean
  /** Delay before every answer. */
  latency_ms: number
  /** How long a sign-in as `fault-slow` takes. */
  slow_ms: number
  /** After how many wrong passwords a user is shut out for a minute; 0 is off. */
  lockout_failures: number
  /** What `PUT /groups` does with the members and roles it is sent. */
  group_update: 'replace' | 'add'
  /** What a change of the password policy does with rules that are not sent, or puts right. */
  policy_update: 'merge' | 'replace' | 'clamp'
}

/** The password of every demo account. */
export const PASSWORD = 'Demo-Passw0rd!'

export class Simulator {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** The calls to the cluster since the last `clearCalls`, oldest first. */
  async calls(): Promise<Call[]> {
    return (await this.control('GET', 'calls')).json() as Promise<Call[]>
  }

  async clearCalls(): Promise<void> {
    await this.control('DELETE', 'calls')
  }

  async faults(rules: FaultRule[]): Promise<void> {
    await this.control('PUT', 'faults', rules)
  }

  async clearFaults(): Promise<void> {
    await this.control('DELETE', 'faults')
  }

  async settings(settings: Partial<Settings>): Promise<void> {
    await this.control('PUT', 'settings', settings)
  }

  /** Makes tokens that were issued so far expired. */
  async expire(what: 'access' | 'refresh' | 'all'): Promise<void> {
    await this.control('POST', 'expire', { what })
  }

  /** Back to the seeded state: users, roles, settings; no tokens, faults or calls. */
  async reset(): Promise<void> {
    await this.control('POST', 'reset')
  }

  /** The cluster itself, as its administrator: for arranging what a test finds, and for looking at what it left. */
  async asAdmin(): Promise<ClusterAdmin> {
    const response = await fetch(`${this.url}/api/v1/auth/login/token`, {
      method: 'POST',
      body: new URLSearchParams({ loginname: 'admin', password: PASSWORD }),
    })
    const token = response.headers.get('pty_access_jwt_token')
    if (!response.ok || !token) throw new Error(`the cluster refused its administrator: ${response.status}`)
    return new ClusterAdmin(this.url, token)
  }

  /** What the cluster says to somebody who signs in with this password. */
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

  /** One call to `/pty/v1/auth/…`; anything but success is an error. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await call(`${this.url}/pty/v1/auth${path}`, method, body, {
      authorization: `Bearer ${this.token}`,
    })
    const text = await response.text()
    return text ? JSON.parse(text) : undefined
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

  /** As the reference has it, the password that comes with unlocking is temporary. */
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
