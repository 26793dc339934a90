// Writes the failed tests with the first line of each error to a file, so that the command that runs all checks can
// name them at its very end.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FullConfig, Reporter, Suite } from '@playwright/test/reporter'

export default class Failures implements Reporter {
  private file = ''
  private suite?: Suite

  onBegin(config: FullConfig, suite: Suite): void {
    this.suite = suite
    this.file = join(config.projects[0]?.outputDir ?? config.rootDir, 'failures.txt')
  }

  onEnd(): void {
    const failed = this.suite?.allTests().filter((test) => !test.ok()) ?? []
    const lines = failed.map((test) => {
      const error = test.results.at(-1)?.error?.message ?? 'did not run to its end'
      const [first] = error.replaceAll(/\u001b\[[\d;]*m/g, '').split('\n')
      return `${test.titlePath().filter(Boolean).join(' › ')}: ${first}\n`
    })
    mkdirSync(join(this.file, '..'), { recursive: true })
    writeFileSync(this.file, lines.join(''))
  }

  printsToStdio(): boolean {
    return false
  }
}
