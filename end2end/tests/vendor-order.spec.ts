// The order of calls that the vendor documents, from a client that is not ours: Node's `https` with the bodies of the
// reference's samples as they stand in its `curl` commands, against `postern simulate --tls --pim empty`. Each order runs
// twice: in the second run everything exists.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { Server } from '../support/process'
import { PASSWORD } from '../support/simulator'

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** What the vendor's client takes as "exists already": 409, or 400 with one of these words. */
const EXISTS = /already exists|must be unique/
const ALL = '{\\"protect\\":true,\\"reProtect\\":true,\\"unProtect\\":true}'
const NONE = '{\\"protect\\":false,\\"reProtect\\":false,\\"unProtect\\":false}'
const RIGHTS = `{\\"access\\":${ALL},\\"audit\\":{\\"success\\":${NONE},\\"failed\\":${NONE}}}`

/** The body as a shell passes it on: what stands between the quotes of `-d "…"`. */
const shell = (quoted: string): string => quoted.replaceAll('\\"', '"')

class Client {
  token = ''
  private readonly agent = new Agent({ keepAlive: true })
  private readonly server: Server
  private readonly folder: string

  private constructor(server: Server, folder: string) {
    this.server = server
    this.folder = folder
  }

  static async start(): Promise<Client> {
    const folder = await mkdtemp(join(tmpdir(), 'postern-vendor-'))
    const args = ['simulate', '--listen', '127.0.0.1:0', '--tls', '--pim', 'empty', '--users', '10']
    const client = new Client(await Server.start(args, { announces: ['simulator'], cwd: folder }), folder)
    await expect.poll(() => client.certificate()).toContain('END CERTIFICATE')
    return client
  }

  async stop(): Promise<void> {
    this.agent.destroy()
    await this.server.stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** The certificate that the simulator prints after its address, for the list of trusted certificates. */
  private certificate(): string {
    return /-----BEGIN CERTIFICATE-----[\s\S]*-----END CERTIFICATE-----/.exec(this.server.logSince(0))?.[0] ?? ''
  }

  /** One call, as `curl` makes it, with only these headers. */
  call(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const { hostname, port } = new URL(this.server.address('simulator'))
    const sent: Record<string, string> = { accept: 'application/json', ...headers }
    if (this.token) sent.authorization = `Bearer ${this.token}`
    if (body !== undefined) {
      sent['content-type'] ??= 'application/json'
      sent['content-length'] = String(Buffer.byteLength(body))
    }
    return new Promise((resolve, reject) => {
      const options = { hostname, port, path, method, headers: sent, ca: this.certificate(), agent: this.agent }
      const outgoing = request(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  /** Signs in by the form of the reference, and keeps the token of this place. */
  async signIn(path: string, take: (answer: Answer) => unknown): Promise<void> {
    this.token = ''
    const form = new URLSearchParams({ loginname: 'officer', password: PASSWORD }).toString()
    const answer = await this.call('POST', path, form, { 'content-type': 'application/x-www-form-urlencoded' })
    expect(answer.status, path).toBe(200)
    this.token = String(take(answer) ?? '')
    expect(this.token, `the token of ${path}`).not.toBe('')
  }

  pim(method: string, path: string, body?: string): Promise<Answer> {
    return this.call(method, `/pty/v2/pim${path}`, body)
  }

  async list<T>(path: string): Promise<T[]> {
    const answer = await this.pim('GET', path)
    expect(answer.status, path).toBe(200)
    return JSON.parse(answer.text) as T[]
  }
}

const test = base.extend<{ client: Client }>({
  client: async ({}, use) => {
    const client = await Client.start()
    await use(client)
    await client.stop()
  },
})

const inBody = ({ text }: Answer): unknown => (JSON.parse(text) as { data: { accessToken: string } }).data.accessToken
const inHeader = ({ headers }: Answer): unknown => headers.pty_access_jwt_token

/** A call of the reference's samples: path, the text between the quotes of `-d`, and how the second run ends. */
interface Sample {
  path: string
  body?: string
  second: 'exists' | 'again'
}

/** The reference's section 5, in its order and with its bodies. */
const SAMPLES: Sample[] = [
  { path: '/init', second: 'exists' },
  // The reference forgets the quote at the end of this one.
  { path: '/roles', body: '{\\"name\\":\\"ROLE\\",\\"mode\\":\\"MANUAL\\",\\"allowAll\\": true}', second: 'exists' },
  {
    path: '/dataelements',
    body:
      '{\\"name\\": \\"DE_ALPHANUM\\",\\"description\\": \\"DE_ALPHANUM\\",\\"alphaNumericToken\\":{\\"tokenizer\\":\\"SLT_1_3\\",' +
      '\\"fromLeft\\": 0,\\"fromRight\\": 0,\\"lengthPreserving\\": true, \\"allowShort\\": \\"YES\\"}}',
    second: 'exists',
  },
  {
    path: '/policies',
    body: `{\\"name\\":\\"POLICY\\",\\"description\\": \\"POLICY\\", \\"template\\":${RIGHTS}}`,
    second: 'exists',
  },
  {
    path: '/policies/1/rules',
    body: `{\\"role\\":\\"1\\",\\"dataElement\\":\\"1\\",\\"noAccessOperation\\":\\"EXCEPTION\\",\\"permission\\":${RIGHTS}}`,
    second: 'exists',
  },
  { path: '/datastores', body: '{\\"name\\":\\"DS\\",\\"description\\": \\"DS\\", \\"default\\":true}', second: 'exists' },
]

/** What the samples of the deployment name besides: a second data store and policy, and two trusted applications. */
const BESIDES: Sample[] = [
  {
    path: '/policies',
    body: `{\\"name\\":\\"POLICY_2\\",\\"description\\": \\"POLICY_2\\", \\"template\\":${RIGHTS}}`,
    second: 'exists',
  },
  {
    path: '/policies/2/rules',
    body: `{\\"role\\":\\"1\\",\\"dataElement\\":\\"1\\",\\"noAccessOperation\\":\\"EXCEPTION\\",\\"permission\\":${RIGHTS}}`,
    second: 'exists',
  },
  { path: '/datastores', body: '{\\"name\\":\\"DS_2\\",\\"description\\": \\"DS_2\\", \\"default\\":false}', second: 'exists' },
  ...[1, 2].map(
    (number): Sample => ({
      path: '/applications',
      body: `{\\"name\\":\\"APP_${number}\\",\\"applicationName\\":\\"app-${number}\\",\\"applicationUser\\":\\"app\\"}`,
      second: 'exists',
    }),
  ),
]

/** The reference's samples of the deployment. */
const DEPLOYMENTS: Sample[] = [
  { path: '/datastores/1/deploy', body: '{\\"policies\\":[\\"1\\"],\\"applications\\":[\\"1\\"]}', second: 'again' },
  {
    path: '/deploy',
    body:
      '{\\"dataStores\\":[{\\"uid\\":\\"1\\",\\"policies\\":[\\"1\\"],\\"applications\\":[\\"1\\"]},' +
      '{\\"uid\\":\\"2\\",\\"policies\\":[\\"2\\"],\\"applications\\":[\\"2\\"]}]}',
    second: 'again',
  },
]

for (const [login, path, take] of [
  ['the token in the body', '/pty/v1/auth/login/token', inBody],
  ['the token in the header', '/api/v1/auth/login/token', inHeader],
] as const) {
  test(`the reference's order works twice, with ${login}`, async ({ client }) => {
    await client.signIn(path, take)
    expect((await client.pim('GET', '/datastores')).status, 'before /init').toBe(400)
    for (const run of [1, 2]) {
      for (const { path, body, second } of [...SAMPLES, ...BESIDES, ...DEPLOYMENTS]) {
        const answer = await client.pim('POST', path, body === undefined ? undefined : shell(body))
        const what = `POST ${path} in run ${run}: ${answer.status} ${answer.text}`
        if (run === 2 && second === 'exists') {
          expect([400, 409], what).toContain(answer.status)
          expect(answer.text, what).toMatch(EXISTS)
        } else {
          expect([200, 201, 204], what).toContain(answer.status)
        }
      }
      const information = await client.pim('GET', '/deploy')
      expect(information.status).toBe(200)
      expect(JSON.parse(information.text)).toEqual({
        dataStores: [
          { uid: '1', policies: ['1'], applications: ['1'] },
          { uid: '2', policies: ['2'], applications: ['2'] },
        ],
      })
      for (const path of ['/roles', '/dataelements']) expect(await client.list(path), path).toHaveLength(1)
      expect(await client.list('/policies/1/rules')).toHaveLength(1)
    }
  })
}

/** The "ensure" of the vendor's client: creates, or takes what is there. Returns the uid, which it finds by the name. */
async function ensure(client: Client, path: string, object: object, name: string): Promise<{ uid: string; isNew: boolean }> {
  const answer = await client.pim('POST', path, JSON.stringify(object))
  const isNew = [200, 201, 204].includes(answer.status)
  const exists = answer.status === 409 || (answer.status === 400 && EXISTS.test(answer.text))
  expect(isNew || exists, `POST ${path} ${name}: ${answer.status} ${answer.text}`).toBe(true)
  const rows = await client.list<Record<string, string>>(path)
  const row = rows.find((row) => (row.name ?? row.label ?? '').toLowerCase() === name.toLowerCase())
  expect(row, `${name} in ${path}`).toBeDefined()
  return { uid: row!.uid ?? row!.id ?? '', isNew }
}

const access = (protect: boolean, unProtect: boolean) => ({ access: { protect, reProtect: protect, unProtect } })

/** One data element of each method with the tokenizers and choices that the notes list. */
function dataElements(alphabets: Record<string, string>, mask: string): [name: string, method: object][] {
  const token = (tokenizer: string, more: object = {}) => ({
    tokenizer, fromLeft: 0, fromRight: 0, lengthPreserving: true, allowShort: 'NOWITHERROR', ...more,
  })
  const fpe = { fromLeft: 0, fromRight: 0, minLength: 3, tweakMode: 'EXT_INPUT' }
  return [
    ['name', { unicodeGen2Token: token('SLT_X_1', { alphabetUid: alphabets.Latin }) }],
    ['city', { unicodeGen2Token: token('SLT_X_1', { alphabetUid: alphabets.German, allowShort: 'YES' }) }],
    ['letters', { alphabeticToken: token('SLT_1_3') }],
    ['letters_2', { alphabeticToken: token('SLT_2_3') }],
    ['passport', { alphaNumericToken: token('SLT_2_3', { preserveCase: true, preservePosition: true }) }],
    ['ssn', { numericToken: token('SLT_1_3') }],
    ['account', { numericToken: token('SLT_2_6') }],
    ['email', { emailToken: { tokenizer: 'SLT_1_3', lengthPreserving: true, allowShort: 'YES' } }],
    ['birth', { dateTimeToken: { tokenizer: 'SLT_8_DATETIME', dateInClear: 'YEAR' } }],
    ['income', { integerToken: { tokenizer: 'SLT_1_3', integerSize: 'LONG' } }],
    ['age', { integerToken: { tokenizer: 'SLT_1_3', integerSize: 'SHORT' } }],
    ['card', { creditCardToken: token('SLT_1_3', { fromLeft: 6, fromRight: 4 }) }],
    ['notes', { aes256CbcEnc: {} }],
    ['phone', { numericFpe: fpe }],
    ['street', { alphabeticFpe: fpe }],
    ['plate', { alphaNumericFpe: { ...fpe, allowShort: 'NOWITHERROR' } }],
    ['latin', { unicodeBasicLatinAlphabeticFpe: fpe }],
    ['latin_2', { unicodeBasicLatinAlphaNumericFpe: fpe }],
    ['country', { noEnc: { maskUid: mask } }],
    ['clear', { noEnc: {} }],
  ]
}

test("the vendor's client brings a whole policy, and finds all of it there the second time", async ({ client }) => {
  await client.signIn('/api/v1/auth/login/token', inHeader)
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  for (const run of [1, 2]) {
    const created: boolean[] = []
    const bring = async (path: string, object: object, name: string): Promise<string> => {
      const { uid, isNew } = await ensure(client, path, object, name)
      created.push(isNew)
      return uid
    }
    if ((await client.pim('GET', '/datastores')).status !== 200) {
      expect([200, 201, 204, 409]).toContain((await client.pim('POST', '/init', '{}')).status)
    }
    const store = await bring('/datastores', { name: 'default', description: 'Default data store', default: true }, 'default')
    const connection = { userFile: '/opt/example/users.csv', groupFile: '/opt/example/groups.csv' }
    const source = await bring('/sources', { name: 'files', type: 'FILE', connection }, 'files')
    const roles: Record<string, string> = {}
    for (const name of ['ADMIN', 'FINANCE', 'MARKETING', 'HR', 'UNAUTHORIZED']) {
      const role = { name, description: `${name} of example.com`, mode: 'MANUAL', allowAll: name === 'UNAUTHORIZED' }
      roles[name] = await bring('/roles', role, name)
      for (const number of [1, 2]) {
        // One member a call, in an array of one.
        const member = { name: `${name.toLowerCase()}-${number}@example.com`, source, type: 'USER' }
        const answer = await client.pim('POST', `/roles/${roles[name]}/members`, JSON.stringify([member]))
        created.push(answer.status === 201)
        if (answer.status !== 201) {
          expect(answer.status, answer.text).toBe(400)
          expect(answer.text).toMatch(EXISTS)
        }
      }
    }
    const alphabets: Record<string, string> = {}
    for (const [label, from, to] of [
      ['Latin', '0041', '005A'], ['German', '00C4', '00FC'], ['Greek', '03B1', '03C9'], ['Cyrillic', '0410', '044F'],
    ] as const) {
      alphabets[label] = await bring('/alphabets', { label, ranges: [{ from, to }] }, label)
    }
    const shape = { fromLeft: 0, fromRight: 4, masked: false, character: '*' }
    const mask = await bring('/masks', { name: 'last-4', description: 'Last four', ...shape }, 'last-4')
    await bring('/masks', { name: 'first-2', description: 'First two', ...shape, fromLeft: 2, masked: true }, 'first-2')
    const elements: Record<string, string> = {}
    for (const [name, method] of dataElements(alphabets, mask)) {
      elements[name] = await bring('/dataelements', { name, description: name, ...method }, name)
    }
    const application = await bring(
      '/applications',
      { name: 'any', description: 'All of them', applicationName: '*', applicationUser: '*' },
      'any',
    )
    const policy = await bring('/policies', { name: 'PII', description: 'PII', template: access(false, false) }, 'PII')
    for (const [role, uid] of Object.entries(roles)) {
      for (const [element, dataElement] of Object.entries(elements)) {
        const rule = {
          role: uid,
          dataElement,
          // No access reads as null where this is left out. A CBC element refuses the protected value.
          ...(element === 'notes' || role === 'UNAUTHORIZED' ? {} : { noAccessOperation: 'PROTECTED_VALUE' }),
          ...(role === 'MARKETING' ? { mask } : {}),
          permission: access(role === 'ADMIN', role !== 'UNAUTHORIZED'),
        }
        const answer = await client.pim('POST', `/policies/${policy}/rules`, JSON.stringify(rule))
        created.push(answer.status === 201)
        if (answer.status !== 201) expect([400, 409], `${role}, ${element}: ${answer.text}`).toContain(answer.status)
        if (answer.status === 400) expect(answer.text, `${role}, ${element}`).toMatch(EXISTS)
      }
    }
    const key = await client.pim(
      'POST',
      `/datastores/${store}/export/keys`,
      JSON.stringify({ algorithm: 'RSA-OAEP-256', description: 'protector.example.com', pem }),
    )
    created.push(key.status === 201)
    expect([201, 400, 409], key.text).toContain(key.status)
    expect(created.every((isNew) => isNew === (run === 1)), `run ${run} creates ${run === 1 ? 'all' : 'nothing'}`).toBe(true)

    const deployed = await client.pim(
      'POST',
      `/datastores/${store}/deploy`,
      JSON.stringify({ policies: [policy], applications: [application] }),
    )
    expect([200, 201, 204], deployed.text).toContain(deployed.status)
    expect(await client.list(`/policies/${policy}/rules`)).toHaveLength(5 * Object.keys(elements).length)
    const [{ fingerprint }] = (await client.list<{ fingerprint: string }>(`/datastores/${store}/export/keys`)) as [
      { fingerprint: string },
    ]
    // As the reference writes a fingerprint, and as the answer of the key does.
    for (const spelling of [fingerprint.replaceAll(':', ''), fingerprint]) {
      const exported = await client.call('GET', `/pty/v1/rps/export/${spelling}?version=1&coreVersion=1`, undefined, {
        'content-type': 'application/json',
      })
      expect(exported.status, exported.text).toBe(200)
      expect(Object.keys(JSON.parse(exported.text) as object)).toContain('ciphertext')
    }
  }
})
