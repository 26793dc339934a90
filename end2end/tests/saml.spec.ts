// SAML providers: the list, the page of a provider with its mappers, and their changes.
import type { Locator, Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectNoRow,
  expectRowVisible,
  facts,
  heading,
  outcome,
  overfill,
  rows,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'
import type { Simulator } from '../support/simulator'

const METADATA = 'https://login.example.com/tenant/metadata.xml'
/** Self-signed for login.example.com, valid from 2020 to 2022. Its private key was thrown away. */
const CERTIFICATE =
  'MIIBSTCB8KADAgECAgIqAjAKBggqhkjOPQQDAjAuMRowGAYDVQQDDBFsb2dpbi5leGFtcGxlLmNvbTEQMA4GA1UECgwHRXhhbXBs' +
  'ZTAeFw0yMDAxMDEwMDAwMDBaFw0yMjAxMDEwMDAwMDBaMC4xGjAYBgNVBAMMEWxvZ2luLmV4YW1wbGUuY29tMRAwDgYDVQQKDAdF' +
  'eGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEb0czoF+V2KWkQnNKxKK6o5Ys//I8WCI4moL2dDjLSNpj6z1Kd/z6jWtj' +
  'yhHVj1JWGNCzKL0ijmt+EuAU/dW1jDAKBggqhkjOPQQDAgNIADBFAiEAvi2Z/LuWjhppHIBR7NxJ/AFGm/Mx1EzDIiz4JWjETTgC' +
  'IBijS/nfBuglpGhrFmmQ7Q7NntXrYMn08oOB2JOvn5z5'
const PEM = `-----BEGIN CERTIFICATE-----\n${CERTIFICATE.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`

const HARMFUL = ['<script>alert(1)</script>', '\u202Eغير صالح', '🙈 not an alias']

const list = (page: Page) => page.getByRole('table', { name: 'SAML providers' })
const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name })
const mappers = (page: Page) => tableOf(page, 'Attribute mappers')

interface Provider {
  alias: string
  displayName: string
  enabled: boolean
  config: Record<string, string>
}

/** A provider as the cluster returns it. */
async function provider(simulator: Simulator, alias: string): Promise<Provider> {
  return (await (await simulator.asAdmin()).call('GET', `/saml/providers/${alias}`)) as Provider
}

/** The calls that change providers or mappers. */
async function writes(simulator: Simulator): Promise<string[]> {
  const calls = (await simulator.calls()).filter((call) => call.method !== 'GET' && call.path.includes('/saml/'))
  return calls.map((call) => `${call.method} ${call.path.replace('/pty/v1/auth', '')}`)
}

withAndWithoutJavaScript((js) => {
  for (const user of ['auditor', 'admin']) {
    test(`${user} views, searches and filters providers`, async ({ page, portal }) => {
      await enter(page, portal, user, '/saml')
      await expectRowVisible(list(page), {
        Alias: 'AWS-IDP',
        'Display name': 'Example SAML SSO (AWS)',
        State: 'Enabled',
        'Metadata from': 'sso.example.com',
      })
      expect(await rows(list(page))).toHaveLength(2)
      await page.getByRole('combobox', { name: 'State' }).selectOption('Disabled')
      if (!js) await button(page, 'Search').click()
      await expectNoRow(list(page), { Alias: 'AWS-IDP' })
      await page.goto('/saml?q=aws&sort=-alias')
      expect((await rows(list(page))).map((row) => row.Alias)).toEqual(['AWS-IDP'])
      await expect(page.getByRole('searchbox', { name: 'Search SAML providers' })).toHaveValue('aws')
      const file = await page.request.get('/export/saml.csv?q=aws')
      expect(await file.text()).toMatch(/^\uFEFFAlias,Display name,State.*\r\nAWS-IDP,/)
      if (js) await expectNoAxe(page)
    })
  }

  test('shows a provider in sections, with its mappers in sentences', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/saml')
    await list(page).getByRole('link', { name: 'AWS-IDP' }).click()
    await expect(heading(page)).toHaveText('Example SAML SSO (AWS)')
    const shown = await facts(page)
    expect(shown).toMatchObject({ State: 'Enabled', Alias: 'AWS-IDP' })
    expect(shown['Validate signatures validateSignature']).toBe('Yes')
    expect(shown['NameID policy format nameIDPolicyFormat']).toContain('nameid-format:persistent')
    expect(shown).toMatchObject({
      Subject: 'CN=sso.example.com, O=Example',
      Issuer: 'CN=sso.example.com, O=Example',
      'Serial number': '2a:01',
    })
    expect(shown['Valid until']).toMatch(/^2049-01-01 .*ends in [\d,]+ days$/)
    expect(shown['SHA-256 fingerprint']).toMatch(/^EB:8D:56:C8(:[0-9A-F]{2}){28}/)
    await expectRowVisible(mappers(page), {
      Name: 'email-mapper',
      Type: 'SAML attribute to user attribute',
      Configuration: /attribute\.name .*emailaddress/,
    })
    for (const name of ['Disable', 'Edit', 'Delete']) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, name)).toHaveAccessibleDescription(/saml_admin/)
    }
    await expect(button(page, 'Add mapper')).toHaveCount(0)
    await page.getByText('As the cluster gives it (JSON)').click()
    await expect(page.getByRole('region', { name: 'The provider as JSON' })).toContainText('"providerId": "saml"')
    if (js) await expectNoAxe(page)
  })

  test('creates a provider with a pasted certificate and an attribute mapping', async ({ page, portal }) => {
    await enter(page, portal, 'admin', '/saml')
    await page.getByRole('link', { name: 'New SAML provider' }).click()
    await page.getByLabel('Alias', { exact: true }).fill('azure-ad')
    await page.getByLabel('Display name').fill('Example AD – غ')
    await page.getByLabel('Metadata URL').fill(METADATA)
    await page.getByLabel('NameID policy format', { exact: true }).selectOption({ index: 3 })
    await page.getByLabel('Signing certificate').fill(`Bag Attributes\n    friendlyName: sso\n${PEM}`)
    await page.getByLabel('Attribute mapping').fill('http://example.com/claims?x=1 = email\nsurname = lastName')
    if (js) await expectNoAxe(page)
    await button(page, 'Create').click()
    await expect(outcome(page, 'status')).toContainText('Example AD – غ is created.')
    await expect(outcome(page, 'status')).toContainText('as it was sent')
    await expect(page).toHaveURL(/\/saml\/azure-ad$/)
    await expectRowVisible(mappers(page), { Name: 'email-mapper', Configuration: /claims\?x=1/ })

    const { config, enabled } = await provider(portal.simulator, 'azure-ad')
    expect(enabled).toBe(true)
    expect(config).toMatchObject({
      metadataDescriptorUrl: METADATA,
      nameIDPolicyFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      signingCertificate: CERTIFICATE,
      validateSignature: 'true',
    })
  })

  test('a certificate that ended is warned of on the page and in the list', async ({ page, portal }) => {
    await enter(page, portal, 'admin', '/saml/AZURE-IDP/edit')
    await page.getByLabel('Signing certificate').fill(PEM.replaceAll('\n', ' '))
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('is updated.')
    expect((await provider(portal.simulator, 'AZURE-IDP')).config.signingCertificate).toBe(CERTIFICATE)
    await expect(page.getByText(/^The certificate ended [\d,]+ days ago\.$/)).toBeVisible()
    expect((await facts(page))['Valid until']).toMatch(/ended [\d,]+ days ago$/)
    if (js) await expectNoAxe(page)
    await page.goto('/saml')
    await expectRowVisible(list(page), { Alias: 'AZURE-IDP', Certificate: /^ended [\d,]+ days ago$/ })
    await expectRowVisible(list(page), { Alias: 'AWS-IDP', Certificate: /^ends in [\d,]+ days$/ })
    if (js) await expectNoAxe(page)
  })

  test('what is no certificate is refused at the field, with what it is', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/saml/AZURE-IDP/edit')
    await portal.simulator.clearCalls()
    const certificate = page.getByLabel('Signing certificate')
    for (const [text, words] of [
      ['hello', /no certificate/],
      ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /a public key/],
      ['-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----', /a certificate request/],
      [PEM.slice(0, 200), /cut off/],
      [`${PEM}hello`, /Other text follows/],
    ] as const) {
      await certificate.fill(text)
      await button(page, 'Save').click()
      await expect(certificate).toHaveAccessibleDescription(words)
    }
    expect(await writes(portal.simulator)).toEqual([])
  })

  test('a refusal of the cluster shows at the field it is about', async ({ page, portal, watch }) => {
    watch.allowStatus(409, 422)
    await enter(page, portal, 'admin', '/saml/AZURE-IDP/edit')
    const body = JSON.stringify({ errorMessage: 'Could not import the metadata' })
    await portal.simulator.faults([
      { method: 'PUT', path: '/pty/v1/auth/saml/providers/AZURE-IDP', fault: { status: 400, body }, times: 1 },
    ])
    await page.getByLabel('Display name').fill('Another name')
    await button(page, 'Save').click()
    await expect(page.getByLabel('Metadata URL')).toHaveAccessibleDescription(/Could not import the metadata/)
  })

  test('invalid input shows messages at its fields and stays in the form', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/saml/new')
    await portal.simulator.clearCalls()
    const alias = page.getByLabel('Alias', { exact: true })
    const name = page.getByLabel('Display name')
    const url = page.getByLabel('Metadata URL')
    const mapping = page.getByLabel('Attribute mapping')
    for (const text of HARMFUL) {
      await alias.fill(text)
      await name.fill(' ')
      await url.fill('http://login.example.com/metadata')
      await page.getByLabel('Signing certificate').fill('-----BEGIN PRIVATE KEY-----')
      await mapping.fill(text)
      await button(page, 'Create').click()
      await expect(alias).toHaveAttribute('aria-invalid', 'true')
      await expect(alias).toHaveAccessibleDescription(/letters, digits, dots/)
      await expect(name).toHaveAccessibleDescription(/must not be empty/)
      await expect(url).toHaveAccessibleDescription(/must begin with https/)
      await expect(page.getByLabel('Signing certificate')).toHaveAccessibleDescription(/private key/)
      await expect(mapping).toHaveAccessibleDescription(/Line 1/)
      await expect(alias).toHaveValue(text)
      await expect(mapping).toHaveValue(text)
    }
    await overfill(name, 'x'.repeat(300))
    await overfill(url, `https://login.example.com/${'x'.repeat(2000)}`)
    await alias.fill('new')
    await button(page, 'Create').click()
    await expect(name).toHaveAccessibleDescription(/longer than 255/)
    await expect(url).toHaveAccessibleDescription(/longer than 2000/)
    await expect(alias).toHaveAccessibleDescription(/Choose another/)
    if (js) await expectNoAxe(page)
    expect(await writes(portal.simulator)).toEqual([])
  })

  test('turning signatures off needs confirmation', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/saml/AZURE-IDP/edit')
    const confirmed = page.getByLabel('I confirm that signatures are not validated')
    await expect(confirmed).toBeHidden()
    await page.getByLabel('Validate signatures').uncheck()
    await button(page, 'Save').click()
    await expect(confirmed).toBeVisible()
    expect(await writes(portal.simulator)).toEqual([])
    await confirmed.check()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('is updated.')
    expect((await provider(portal.simulator, 'AZURE-IDP')).config.validateSignature).toBe('false')
  })

  test('edits a provider, keeps the other values, and shows what the cluster kept', async ({ page, portal }) => {
    const before = await provider(portal.simulator, 'AWS-IDP')
    await enter(page, portal, 'admin', '/saml/AWS-IDP')
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await expect(page.getByLabel('Alias', { exact: true })).toHaveAttribute('readonly')
    await page.getByLabel('Display name').fill('Another name')
    await page.getByLabel('Service provider entity ID').fill('')
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('Another name is updated.')
    await expect(outcome(page, 'status')).toContainText('values that differ from those sent: Entity ID of the service')
    await expectRowVisible(tableOf(page, 'The values sent and those of the cluster'), {
      Value: 'Entity ID of the service provider',
      'You sent': 'nothing',
      Result: 'Differs',
    })
    const now = await provider(portal.simulator, 'AWS-IDP')
    expect(now).toEqual({ ...before, displayName: 'Another name' })
  })

  test('disables and enables a provider, and changes nothing else', async ({ page, portal }) => {
    const before = await provider(portal.simulator, 'AWS-IDP')
    await enter(page, portal, 'admin', '/saml/AWS-IDP')
    for (const [verb, enabled] of [['Disable', false], ['Enable', true]] as const) {
      await button(page, verb).click()
      const asked = dialog(page, `${verb} ${before.displayName}?`)
      await expect(asked).toBeVisible()
      if (js) await expectNoAxe(page)
      await button(asked, verb).click()
      await expect(outcome(page, 'status')).toContainText(`is ${verb.toLowerCase()}d.`)
      await expect(outcome(page, 'status')).toContainText('as it was sent')
      expect(await provider(portal.simulator, 'AWS-IDP')).toEqual({ ...before, enabled })
    }
  })

  test('adds a mapper, deletes it, and keeps the provider', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/saml/AZURE-IDP')
    await expect(page.getByText('No attribute mappers')).toBeVisible()
    await page.getByLabel('Mapper name').fill('<b>mail</b>')
    await page.getByLabel('User attribute').fill('email')
    await button(page, 'Add mapper').click()
    const attribute = page.getByLabel('SAML attribute', { exact: true })
    await expect(attribute).toHaveAccessibleDescription(/requires it/)
    await expect(page.getByLabel('Mapper name')).toHaveValue('<b>mail</b>')
    await attribute.fill('http://example.com/claims/mail')
    await page.getByLabel('Sync mode').selectOption('FORCE')
    await button(page, 'Add mapper').click()
    await expect(outcome(page, 'status')).toContainText('The mapper <b>mail</b> is added.')
    await expectRowVisible(mappers(page), { Name: '<b>mail</b>', Configuration: /syncMode FORCE/ })

    await button(mappers(page), 'Delete mapper').click()
    const asked = dialog(page, 'Delete the mapper <b>mail</b>?')
    await button(asked, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('The mapper <b>mail</b> is deleted.')
    await expect(page.getByText('No attribute mappers')).toBeVisible()
    expect((await provider(portal.simulator, 'AZURE-IDP')).alias).toBe('AZURE-IDP')
    const sent = await writes(portal.simulator)
    expect(sent).toHaveLength(2)
    expect(sent[1]).toMatch(/^DELETE \/saml\/providers\/AZURE-IDP\/mappers\/[\w-]{8,}$/)
  })

  test('deletes a provider after its alias is typed', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/saml/AZURE-IDP')
    await button(page, 'Delete').click()
    const asked = page.getByRole('dialog', { name: /^Delete Example SAML SSO/ })
    await asked.getByLabel('Type AZURE-IDP to go on').fill('AWS-IDP')
    await button(asked, 'Delete').click()
    await expect(asked.getByLabel('Type AZURE-IDP to go on')).toHaveAttribute('aria-invalid', 'true')
    expect(await writes(portal.simulator)).toEqual([])
    await asked.getByLabel('Type AZURE-IDP to go on').fill('AZURE-IDP')
    await button(asked, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('AZURE-IDP is deleted.')
    await expectNoRow(list(page), { Alias: 'AZURE-IDP' })
    await expectRowVisible(list(page), { Alias: 'AWS-IDP' })
  })

  test("shows the cluster's text of a refusal at the field that it is about", async ({ page, portal, watch }) => {
    watch.allowStatus(422, 409)
    await enter(page, portal, 'admin', '/saml/new')
    await page.getByLabel('Alias', { exact: true }).fill('nowhere')
    await page.getByLabel('Display name').fill('Nowhere')
    await page.getByLabel('Metadata URL').fill('https://unreachable.example/metadata.xml')
    await button(page, 'Create').click()
    await expect(page.getByLabel('Metadata URL')).toHaveAccessibleDescription(/Could not fetch SAML metadata/)
    await expect(page.getByLabel('Alias', { exact: true })).toHaveValue('nowhere')
    await page.getByLabel('Alias', { exact: true }).fill('AWS-IDP')
    await page.getByLabel('Metadata URL').fill(METADATA)
    await button(page, 'Create').click()
    await expect(page.getByLabel('Alias', { exact: true })).toHaveAccessibleDescription(/already exists/)
  })

  test('without permission to view, the page says so', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enter(page, portal, 'helpdesk')
    await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'SAML' })).toHaveCount(0)
    for (const path of ['/saml', '/saml/new', '/saml/AWS-IDP', '/saml/AWS-IDP/edit']) {
      const response = await page.goto(path)
      expect(response?.status(), path).toBe(403)
      await expect(page.getByRole('main')).toContainText(/saml_(viewer|admin)/)
    }
    expect((await portal.simulator.calls()).filter((call) => call.path.includes('/saml'))).toEqual([])
  })

  for (const alias of ['unknown', '..%2F..%2Froles', 'x'.repeat(500)]) {
    test(`an unknown alias: ${alias.slice(0, 20)}`, async ({ page, portal, watch }) => {
      watch.allowStatus(404)
      await enter(page, portal, 'admin')
      const response = await page.goto(`/saml/${alias}`)
      expect(response?.status()).toBe(404)
      await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible()
    })
  }
})

test('a mapper without an id cannot be deleted', async ({ page, portal }) => {
  await enter(page, portal, 'admin', '/saml/AWS-IDP')
  for (const mapper of ['', ' ', '..', '/']) {
    const answer = await page.request.post('/api/saml/mappers/delete', {
      headers: { origin: portal.url, accept: 'application/json' },
      form: { alias: 'AWS-IDP', mapper },
    })
    expect(answer.status(), `“${mapper}”`).toBe(404)
  }
  expect(await writes(portal.simulator)).toEqual([])
})

test('unreadable mappers leave the rest of the page', async ({ page, portal }) => {
  await enter(page, portal, 'admin')
  await portal.simulator.faults([{ path: '/pty/v1/auth/saml/providers/*/mappers', fault: { status: 403, body: '' } }])
  await page.goto('/saml/AWS-IDP')
  await expect(heading(page)).toHaveText('Example SAML SSO (AWS)')
  await expect(outcome(page, 'alert')).toContainText('403')
  await expect(button(page, 'Disable')).toBeEnabled()
})
