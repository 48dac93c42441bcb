import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findJava, javaMajor } from '../../../tools/java.ts'

const folder = mkdtempSync(join(tmpdir(), 'java-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A Java home whose `java --version` prints the text. */
function fakeJava(version: string): string {
  const home = join(folder, version.replaceAll(/\W/g, '-'))
  mkdirSync(join(home, 'bin'), { recursive: true })
  writeFileSync(join(home, 'bin/java'), `#!/bin/sh\necho "${version}"\n`)
  chmodSync(join(home, 'bin/java'), 0o755)
  return home
}

test.each([
  ['openjdk 21.0.8 2025-07-15', 21],
  ['openjdk 25 2025-09-16\nOpenJDK Runtime Environment Temurin-25+36 (build 25+36)', 25],
  ['java 17.0.2 2022-01-18 LTS', 17],
  ['openjdk 26-ea 2026-03-17', 26],
  ['openjdk 11.0.31 2026-04-21', 11],
  ['Picked up some options\nopenjdk 21.0.8 2025-07-15', 21],
  ['', undefined],
  ['Unable to locate a Java Runtime.', undefined],
])('javaMajor() of %j is %s', (version, major) => {
  expect(javaMajor(version)).toBe(major)
})

test('findJava() prefers JAVA_HOME to PATH', () => {
  const home = fakeJava('openjdk 21.0.1 2023-10-17')
  const other = fakeJava('openjdk 23.0.1 2024-10-15')
  expect(findJava({ JAVA_HOME: home, PATH: join(other, 'bin') })).toBe(join(home, 'bin'))
})

test('findJava() skips a Java that is too old', () => {
  const old = fakeJava('openjdk 17.0.1 2021-10-19')
  const good = fakeJava('openjdk 22.0.1 2024-04-16')
  const path = [join(folder, 'nothing-here'), join(old, 'bin'), join(good, 'bin')].join(delimiter)
  expect(findJava({ JAVA_HOME: old, PATH: path })).toBe(join(good, 'bin'))
})

test('findJava() reports which Java it found and how to install one', () => {
  const old = join(fakeJava('openjdk 17.0.9 2023-10-17'), 'bin')
  expect(() => findJava({ PATH: old }, [])).toThrow(`${join(old, 'java')}: Java 17`)
  expect(() => findJava({ PATH: old }, [])).toThrow('Install a JDK')
})
