// What a check found: the verdict large, then what needs a hand, then what passed.
import type { TFunction } from "i18next"
import { useTranslation } from "react-i18next"
import type { Check, CheckLevel, Finding } from "../../api/types"
import { useLanguage } from "../../ui/appearance"
import { count, dateTime } from "../../ui/format"

const MARKS: Record<CheckLevel, string> = { pass: "✓", warn: "!", unchecked: "?", fail: "✕" }
const ORDER: CheckLevel[] = ["fail", "unchecked", "warn", "pass"]

export function Findings({ check }: { check: Check }) {
  const { t } = useTranslation("studio")
  const result = check.result ?? "unchecked"
  const rest = check.findings.filter((one) => one.level !== "pass").sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level))
  const passed = check.findings.filter((one) => one.level === "pass")
  return (
    <div className="findings">
      <div className={`verdict ${result}`} data-testid="verdict" data-result={result}>
        <span className="mark" aria-hidden="true">{MARKS[result]}</span>
        <div>
          <strong>{t(`verdict_${result}`)}</strong>
          {check.finished_at != null && <span className="quiet">{t("checked_at", { at: dateTime(check.finished_at) })}</span>}
        </div>
      </div>
      {rest.length > 0 && <ul className="problems">{rest.map((one) => <Problem key={one.code} finding={one} />)}</ul>}
      {passed.length > 0 && (
        <details className="passed" open={rest.length === 0}>
          <summary>{t("passed_n", { n: String(passed.length) })}</summary>
          <ul>{passed.map((one) => <Passed key={one.code} finding={one} />)}</ul>
        </details>
      )}
    </div>
  )
}

function Problem({ finding }: { finding: Finding }) {
  const { t } = useTranslation("studio")
  const words = useWords()
  const value = useValue(finding)
  return (
    <li className={`problem ${finding.level}`} data-code={finding.code} data-level={finding.level}>
      <span className="mark" aria-hidden="true">{MARKS[finding.level]}</span>
      <div>
        <p className="problem-head">
          <strong>{words(finding.name)}</strong>
          <span className="sr">{t(`level_${finding.level}`)}</span>
          {value !== "" && <span className="num">{value}</span>}
          {finding.limit !== "" && <span className="quiet num">{t("limit", { limit: withUnit(finding.limit, finding.unit) })}</span>}
        </p>
        <p>{words(finding.advice)}</p>
      </div>
    </li>
  )
}

function Passed({ finding }: { finding: Finding }) {
  const words = useWords()
  const value = useValue(finding)
  return (
    <li data-code={finding.code} data-level="pass">
      <span className="mark" aria-hidden="true">✓</span>
      <span>{words(finding.name)}</span>
      <span className="num quiet">{value}</span>
    </li>
  )
}

/** A whole check's result in a word or two. A check of which a part was left out is not one that was not made. */
export function resultOf(t: TFunction<"studio">, result: CheckLevel): string {
  return result === "unchecked" ? t("verdict_unchecked") : t(`level_${result}`)
}

function useWords(): (words: { zh: string; en: string }) => string {
  const language = useLanguage()
  return (words) => (language === "en" ? words.en : words.zh)
}

function useValue(finding: Finding): string {
  const { t } = useTranslation("studio")
  if (finding.value != null) return withUnit(written(finding.value), finding.unit)
  if (finding.text === "yes" || finding.text === "no") return t(finding.text)
  // Codes are for programs; the advice says the same in words.
  return finding.text == null || finding.level === "unchecked" || finding.text === "ok" ? "" : finding.text
}

function written(value: number): string {
  return Number.isInteger(value) ? (Math.abs(value) < 1000 ? String(value) : count(value)) : value.toFixed(1)
}

const UNITS: Record<string, string> = { ms: " ms", kbps: " kbps", percent: "%", fps: " fps", lufs: " LUFS", dbtp: " dBTP", dbfs: " dBFS", hz: " Hz" }

function withUnit(value: string, unit: string): string {
  return `${value}${UNITS[unit] ?? ""}`
}
