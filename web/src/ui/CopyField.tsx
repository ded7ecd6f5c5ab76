// A value to be taken elsewhere: shown whole, copied with one press.
import { Button } from "antd"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { CheckIcon, CopyIcon } from "./icons"

export function CopyField({ label, value, lines = false }: { label: string; value: string; lines?: boolean }) {
  const { t } = useTranslation("ui")
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <div className="copy-field">
      <span className="copy-label">{label}</span>
      <code className={lines ? "mono lines" : "mono"} tabIndex={0}>{value}</code>
      <Button
        icon={copied ? <CheckIcon /> : <CopyIcon />} aria-label={`${t("copy")} ${label}`}
        onClick={() => { void copy(value).then(setCopied) }}
      >
        {copied ? t("copied") : t("copy")}
      </Button>
    </div>
  )
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

// The clipboard interface is only there on https and localhost; consoles inside a network are often plain http.
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea")
  area.value = text
  area.style.position = "fixed"
  area.style.opacity = "0"
  document.body.append(area)
  area.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way without a secure context
  const done = document.execCommand("copy")
  area.remove()
  return done
}
