// The whole workflow of the reference's section 5, from a cluster without policy management to a deployment and a resilient
// package, by the guide on `/policy`; and the same cluster as a reader sees it.
import { constants, createDecipheriv, generateKeyPairSync, privateDecrypt, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectNoSidewaysScroll,
  expectRowVisible,
  facts,
  heading,
  outcome,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

test.use({ pim: 'empty' })

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })
const number = (page: Page, name: string) => page.getByLabel(name, { exact: true })
const box = (page: Page, name: string | RegExp) => page.getByRole('checkbox', { name, exact: true })
const group = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
const status = (page: Page) => outcome(page, 'status')

/** The steps of the guide with how far each is; none when there is no guide. */
async function guide(page: Page): Promise<string[]> {
  const steps = page.locator('section').filter({ has: page.getByRole('heading', { name: 'The way to the first deployment' }) })
  const texts = await steps.getByRole('listitem').allInnerTexts()
  return texts.map((text) => text.replace(/\s+/g, ' ').trim())
}

/** Comes back to the guide by the way up, and goes to the step that it says is next. */
async function continueWith(page: Page, step: string): Promise<void> {
  if (new URL(page.url()).pathname !== '/policy') {
    await page.locator('.back').getByRole('link', { name: 'Policy', exact: true }).click()
  }
  await expect(heading(page)).toHaveText('Policy')
  expect((await guide(page)).filter((text) => text.startsWith('Next'))).toEqual([`Next ${step}`])
  await page.getByRole('link', { name: step, exact: true }).click()
}

/** Goes to an optional step of the guide. */
async function optionalStep(page: Page, step: string): Promise<void> {
  await page.goto('/policy')
  expect(await guide(page)).toContain(`Optional ${step}`)
  await page.getByRole('link', { name: step, exact: true }).click()
}

/** Sends the form of a new object, and waits for its page. */
async function create(page: Page, kind: string, name: string): Promise<void> {
  await button(page, `Create ${kind}`).click()
  await expect(status(page)).toContainText(`The ${kind} ${name} is created.`)
  await expect(heading(page)).toHaveText(name)
}

interface Package {
  protected: string
  encrypted_key: string
  iv: string
  ciphertext: string
  tag: string
}

/** Opens a package with the private key of the protector. */
function opened(text: string, key: KeyObject): Record<string, { name: string }[]> {
  const sealed = JSON.parse(text) as Package
  const bytes = (field: keyof Package) => Buffer.from(sealed[field], 'base64url')
  const oaep = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const cipher = createDecipheriv('aes-256-gcm', privateDecrypt(oaep, bytes('encrypted_key')), bytes('iv'))
  cipher.setAAD(Buffer.from(sealed.protected, 'ascii'))
  cipher.setAuthTag(bytes('tag'))
  return JSON.parse(Buffer.concat([cipher.update(bytes('ciphertext')), cipher.final()]).toString('utf8'))
}

/** Prepares what the workflow makes, without the portal. */
async function prepare(portal: Portal): Promise<void> {
  const cluster = await portal.simulator.asAdmin()
  const access = { protect: true, reProtect: true, unProtect: true }
  await cluster.initializePim()
  const element = await cluster.create('/dataelements', { name: 'DE_ALPHANUM', noEnc: {} })
  const role = await cluster.create('/roles', { name: 'ROLE', mode: 'MANUAL', allowAll: true })
  const policy = await cluster.create('/policies', { name: 'POLICY', template: { access } })
  await cluster.create(`/policies/${policy}/rules`, { role, dataElement: element, permission: { access } })
  await cluster.create('/datastores', { name: 'DS', default: true })
}

withAndWithoutJavaScript((js) => {
  const checkAxe = async (page: Page) => {
    if (js) await expectNoAxe(page)
  }

  test('an officer goes from an empty cluster to a deployment and a package', async ({ page, portal, context }) => {
    // Many pages, most of them looked at by axe in two colour schemes.
    test.setTimeout(300_000)
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()

    await test.step('initialise', async () => {
      await enter(page, portal, 'officer', '/policy')
      await expect(page.getByText('Policy management is not initialised yet')).toBeVisible()
      await checkAxe(page)
      await button(page, 'Initialise policy management').click()
      await expect(status(page)).toContainText('Policy management is initialised.')
      await checkAxe(page)
      expect((await guide(page)).map((step) => step.split(' ', 1)[0])).toEqual([
        'Optional', 'Optional', 'Next', 'To', 'To', 'To', 'To', 'To', 'To', 'Optional', 'Optional', 'To',
      ])
    })

    await test.step('mask', async () => {
      await optionalStep(page, 'Make a mask, for values of which a part stays hidden')
      await page.getByRole('link', { name: 'New mask' }).click()
      await field(page, 'Name').fill('LAST_4')
      await number(page, 'Characters at the left').fill('0')
      await number(page, 'Characters at the right').fill('4')
      await create(page, 'mask', 'LAST_4')
    })

    await test.step('alphabet', async () => {
      await optionalStep(page, 'Make an alphabet, for tokens of other characters than A to Z')
      await page.getByRole('link', { name: 'New alphabet' }).click()
      await field(page, 'Label').fill('German')
      await field(page, 'Ranges').fill('0041-005A\n0061-007A')
      await field(page, 'Single characters').fill('00C4 00D6 00DC')
      await create(page, 'alphabet', 'German')
    })

    await test.step('data elements', async () => {
      await continueWith(page, 'Say how each kind of value is protected')
      await page.getByRole('link', { name: 'New data element' }).click()
      await page.getByRole('link', { name: 'Alpha-numeric token' }).click()
      await field(page, 'Name').fill('DE_ALPHANUM')
      await field(page, 'Description').fill('DE_ALPHANUM')
      await page.getByRole('combobox', { name: 'Tokenizer' }).selectOption('SLT_1_3')
      await page.getByRole('combobox', { name: 'Values that are too short' }).selectOption('YES')
      await checkAxe(page)
      await create(page, 'data element', 'DE_ALPHANUM')
      expect(await facts(page)).toMatchObject({ tokenizer: 'SLT_1_3', fromLeft: '0', fromRight: '0', allowShort: 'YES' })
      await page.goto('/policy/data-elements/new?method=unicodeGen2Token')
      await field(page, 'Name').fill('DE_NAME')
      await page.getByRole('combobox', { name: 'Alphabet' }).selectOption('German')
      await create(page, 'data element', 'DE_NAME')
    })

    await test.step('member source', async () => {
      await continueWith(page, 'Name where users come from')
      await page.getByRole('link', { name: 'New member source' }).click()
      await field(page, 'Name').fill('directory')
      await field(page, 'File with users').fill('/opt/example/users.csv')
      await field(page, 'File with groups').fill('/opt/example/groups.csv')
      await create(page, 'member source', 'directory')
    })

    await test.step('role', async () => {
      await continueWith(page, 'Make roles')
      await page.getByRole('link', { name: 'New role' }).click()
      await field(page, 'Name').fill('ANALYST')
      await checkAxe(page)
      await create(page, 'role', 'ANALYST')
    })

    await test.step('leaves in the middle, and comes back on another day', async () => {
      await page.goto('/')
      await button(page, 'Sign out').click()
      await expect(page).toHaveURL(/\/sign-in/)
      await enter(page, portal, 'officer', '/policy')
    })

    await test.step('members, at the role that has none', async () => {
      await continueWith(page, 'Put users into roles')
      await expect(heading(page)).toHaveText('ANALYST')
      await field(page, 'Names').fill('analyst.one@example.com\nanalyst.two@example.com')
      await button(page, 'Add members').click()
      await expect(status(page)).toContainText('2 members added to ANALYST')
    })

    await test.step('policy', async () => {
      await continueWith(page, 'Make a policy')
      await page.getByRole('link', { name: 'New policy' }).click()
      await field(page, 'Name').fill('POLICY')
      for (const operation of ['Protect', 'Re-protect', 'Unprotect']) {
        await group(page, 'May').getByRole('checkbox', { name: operation, exact: true }).check()
      }
      await create(page, 'policy', 'POLICY')
    })

    await test.step('rules, at the policy that has none', async () => {
      await continueWith(page, 'Write the rules of the policy')
      await expect(heading(page)).toHaveText('POLICY')
      await expect(page.getByText('No rules', { exact: true })).toBeVisible()
      await page.getByRole('link', { name: 'Add a rule' }).click()
      await box(page, /^ANALYST/).check()
      await box(page, /^DE_ALPHANUM/).check()
      await page.getByRole('combobox', { name: 'Without access, users get' }).selectOption('An error')
      await checkAxe(page)
      await button(page, 'Add rule').click()
      await expect(status(page)).toContainText('The rule for ANALYST and DE_ALPHANUM is added.')
      await page.getByRole('link', { name: 'Add a rule' }).click()
      await box(page, /^ANALYST/).check()
      await box(page, /^DE_NAME/).check()
      await page.getByRole('combobox', { name: 'Mask' }).selectOption('LAST_4')
      await button(page, 'Add rule').click()
      await expect(status(page)).toContainText('The rule for ANALYST and DE_NAME is added.')
      await checkAxe(page)
    })

    await test.step('data store', async () => {
      await continueWith(page, 'Make a data store')
      await page.getByRole('link', { name: 'New data store' }).click()
      await field(page, 'Name').fill('DS')
      await box(page, 'Make it the default').check()
      await create(page, 'data store', 'DS')
    })

    await test.step('export key, at the data store that has none', async () => {
      await optionalStep(page, 'Add an export key to the data store, for resilient packages')
      await expect(heading(page)).toHaveText('DS')
      await field(page, 'Public key').fill(pem)
      await field(page, 'Description of the key').fill('protector-1.example.com')
      await button(page, 'Add export key').click()
      await expect(status(page)).toContainText('A key of 2048 bits is added to DS.')
      await checkAxe(page)
    })

    await test.step('trusted application', async () => {
      await optionalStep(page, 'Make a trusted application')
      await page.getByRole('link', { name: 'New trusted application' }).click()
      await field(page, 'Name').fill('BILLING')
      await field(page, 'Program').fill('/opt/example/billing')
      await field(page, 'System user').fill('billing')
      await create(page, 'trusted application', 'BILLING')
    })

    await test.step('deploy', async () => {
      await continueWith(page, 'Deploy the policy')
      await expect(heading(page)).toHaveText('New deployment')
      await expect(box(page, 'Deploy to DS')).toBeChecked()
      await box(page, 'POLICY').check()
      await box(page, 'BILLING').check()
      await field(page, 'Reason').fill('The first deployment')
      await checkAxe(page)
      await button(page, 'Review deployment').click()
      await expect(heading(page)).toHaveText('Review the deployment')
      await expect(page.getByRole('main')).toContainText('ANALYST can read DE_ALPHANUM in clear on DS')
      await checkAxe(page)
      await button(page, 'Deploy').click()
      await expectRowVisible(tableOf(page, 'What each data store has afterwards'), {
        'Data store': 'DS',
        State: 'As deployed',
        Policies: 'POLICY (before: None)',
        'Trusted applications': 'BILLING (before: None)',
      })
    })

    await test.step('the guide has ended', async () => {
      await page.goto('/policy')
      expect(await guide(page)).toEqual([])
      await expect(page.getByRole('heading', { name: 'What is configured' })).toBeVisible()
      await checkAxe(page)
    })

    await test.step('package', async () => {
      await page.getByRole('link', { name: 'Packages', exact: true }).click()
      await checkAxe(page)
      const key = page.getByRole('combobox', { name: 'Export key' })
      await expect(key.getByRole('option', { name: /^DS – .*protector-1\.example\.com/ })).toBeAttached()
      const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export package').click()])
      const content = opened(await readFile(await download.path(), 'utf8'), privateKey)
      const names = (kind: string) => content[kind]?.map(({ name }) => name)
      expect(names('policies')).toEqual(['POLICY'])
      expect(names('dataElements')).toEqual(['DE_ALPHANUM', 'DE_NAME'])
      expect(names('applications')).toEqual(['BILLING'])
      expect(names('masks')).toEqual(['LAST_4'])
    })

    const forms = await context.request.get(`${portal.url}/policy/access?sight=clear`)
    expect(await forms.text()).toContain('DE_ALPHANUM')
  })

  test('a reader sees all of it, without a form that could be sent', async ({ page, portal }) => {
    await prepare(portal)
    await enter(page, portal, 'auditor', '/policy')
    expect((await guide(page)).at(-1)).toBe('Next Deploy the policy')
    for (const [list, name, create] of [
      ['sources', '', 'New member source'],
      ['roles', 'ROLE', 'New role'],
      ['masks', '', 'New mask'],
      ['alphabets', '', 'New alphabet'],
      ['data-elements', 'DE_ALPHANUM', 'New data element'],
      ['policies', 'POLICY', 'New policy'],
      ['applications', '', 'New trusted application'],
      ['data-stores', 'DS', 'New data store'],
    ] as const) {
      await page.goto(`/policy/${list}`)
      await expect(button(page, create)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, create)).toHaveAccessibleDescription(/workbench_management_policy_write/)
      if (name) {
        await page.getByRole('main').getByRole('link', { name, exact: true }).click()
        await expect(heading(page)).toHaveText(name)
        const enabled = page.getByRole('main').locator('form[method="post"] button[type="submit"]:not([aria-disabled="true"])')
        await expect(enabled).toHaveCount(0)
      }
    }
    await expect(button(page, 'Deploy to this data store')).toHaveAttribute('aria-disabled', 'true')
    await page.goto('/policy/policies/1')
    await expectRowVisible(tableOf(page, 'Rules by role and data element'), { 'Data element': 'DE_ALPHANUM' })
  })
})

test('no form of a reader reaches the cluster', async ({ page, portal }) => {
  await prepare(portal)
  await enter(page, portal, 'auditor', '/policy')
  await portal.simulator.clearCalls()
  const forms: [path: string, fields: Record<string, string>][] = [
    ['policy/initialize', {}],
    ['policy/sources/create', { name: 'x', user_file: '/x', group_file: '/y' }],
    ['policy/roles/create', { name: 'x', description: '', allow_all: '' }],
    ['policy/roles/members/add', { uid: '1', source: '1', kind: 'USER', names: 'x' }],
    ['policy/masks/create', { name: 'x', description: '', from_left: '0', from_right: '4', masked: 'false', character: '*' }],
    ['policy/alphabets/create', { label: 'x', ranges: '0041-005A', code_points: '' }],
    ['policy/data-elements/create', { method: 'aes256CbcEnc', name: 'x', description: '' }],
    ['policy/policies/create', { name: 'x', description: '' }],
    ['policy/rules/create', { policy: '1', 'roles[]': '1', 'elements[]': '1', 'access[]': 'protect', mask: '', no_access: '' }],
    ['policy/data-stores/create', { name: 'x', description: '', is_default: '', confirm_default: '' }],
    ['policy/export-keys/add', { uid: '1', pem: 'x', algorithm: 'RSA-OAEP-256', description: '' }],
    ['policy/applications/create', { name: 'x', description: '', application_name: 'x', application_user: 'x' }],
    ['deployments/deploy', { 'stores[]': '1', 'policies[]': '["1","1"]', reason: 'x' }],
  ]
  for (const [path, form] of forms) {
    const response = await page.request.post(`${portal.url}/api/${path}`, {
      headers: { origin: portal.url, accept: 'application/json' },
      form,
      maxRedirects: 0,
    })
    expect(response.status(), path).toBe(403)
  }
  const writes = (await portal.simulator.calls()).filter((call) => call.method !== 'GET')
  expect(writes).toEqual([])
})

test('the guide fits a narrow screen', async ({ page, portal }) => {
  await prepare(portal)
  await page.setViewportSize({ width: 320, height: 800 })
  await enter(page, portal, 'officer', '/policy')
  await expectNoSidewaysScroll(page)
})
