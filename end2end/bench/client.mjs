// An HTTP client like that of a browser, with kept-alive connections and compressed answers, but without caches.
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

/** The password of every demo account. */
export const PASSWORD = 'Demo-Passw0rd!'

export class Client {
  /** Every request has these `headers`. */
  constructor(url, { connections = 1, headers = {} } = {}) {
    this.url = url
    this.headers = headers
    this.agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** The answer with the milliseconds from the call to the last byte. A status other than `expected` is an error. */
  send(method, path, { body, headers = {}, expected = 200 } = {}, startedAt = performance.now()) {
    return new Promise((resolve, reject) => {
      const options = { method, agent: this.agent, headers: { ...this.headers, ...headers } }
      const sent = request(this.url + path, options, (answer) => {
        const chunks = []
        answer.on('data', (chunk) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          const millis = performance.now() - startedAt
          if (answer.statusCode === expected) {
            resolve({ millis, headers: answer.headers, body: Buffer.concat(chunks) })
          } else {
            reject(new Error(`${method} ${path}: ${answer.statusCode} in place of ${expected}`))
          }
        })
      })
      sent.on('error', (error) => {
        // The server closed this idle connection at the moment of its reuse. Like a browser, the client sends the
        // request on another connection; the measured time includes both.
        const cameTooLate = error.code === 'ECONNRESET' && sent.reusedSocket && method === 'GET'
        if (cameTooLate) resolve(this.send(method, path, { body, headers, expected }, startedAt))
        else reject(error)
      })
      sent.end(body)
    })
  }

  get(path) {
    return this.send('GET', path)
  }

  async json(path) {
    return JSON.parse((await this.get(path)).body.toString())
  }

  close() {
    this.agent.destroy()
  }
}

/** Signs in by the plain form, and returns the session's cookie. */
export async function signIn(client, user = 'helpdesk') {
  const { headers } = await client.send('POST', '/api/sign-in', {
    body: new URLSearchParams({ user_name: user, password: PASSWORD }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', origin: client.url },
    expected: 303,
  })
  // A refused form redirects too: back to itself, with the error in an anonymous session.
  if (headers.location !== '/') throw new Error(`${user} was not signed in: led to ${headers.location}`)
  return headers['set-cookie'].map((cookie) => cookie.split(';')[0]).join('; ')
}

/** A client of the portal with a session, like a signed-in browser. */
export async function signedIn(portal, { user, connections } = {}) {
  const stranger = new Client(portal.url)
  const cookie = await signIn(stranger, user)
  stranger.close()
  return new Client(portal.url, {
    connections,
    headers: { cookie, accept: 'text/html', 'accept-encoding': 'gzip, deflate, br' },
  })
}

/** Connects the session of this client with an account at Proofpoint. */
export async function connect(client, email) {
  const { headers } = await client.send('POST', '/api/proofpoint/connect', {
    body: new URLSearchParams({ email, password: PASSWORD }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: client.url },
    expected: 303,
  })
  if (headers.location !== '/proofpoint') throw new Error(`${email} was not connected: led to ${headers.location}`)
  // The page that says so.
  await client.get('/proofpoint')
}

/** A list page. Until the list is loaded, the portal shows how far the load is in its place. */
export async function listed(client, path) {
  for (;;) {
    const answer = await client.get(path)
    if (!plain(answer).includes('data-progress-bar')) return answer
    await sleep(100)
  }
}

/** The text of an answer that is compressed as for a browser. */
function plain({ headers, body }) {
  const encoding = headers['content-encoding']
  if (encoding === 'br') return brotliDecompressSync(body).toString()
  return (encoding === 'gzip' ? gunzipSync(body) : body).toString()
}

/** A client of the cluster with a token. */
export async function atCluster(simulator, { user = 'helpdesk', connections } = {}) {
  const stranger = new Client(simulator.url)
  const { headers } = await stranger.send('POST', '/pty/v1/auth/login/token', {
    body: new URLSearchParams({ loginname: user, password: PASSWORD }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  stranger.close()
  return new Client(simulator.url, {
    connections,
    headers: { authorization: `Bearer ${headers.pty_access_jwt_token}` },
  })
}

/** All users of an organisation at Proofpoint, as the API returns them. */
export async function allMailUsers(proofpoint, organization, email) {
  const client = new Client(proofpoint.url, { headers: { 'x-user': email, 'x-password': PASSWORD } })
  const { users } = await client.json(`/api/v1/orgs/${organization}/users`)
  client.close()
  return users
}

/** All users of the cluster, as the API returns them. */
export async function allUsers(simulator) {
  const cluster = await atCluster(simulator, { user: 'admin' })
  const users = await cluster.json('/pty/v1/auth/users?first=0&max=1000000')
  cluster.close()
  return users
}
