// A picture that is replaced once the next one is there: nothing flickers.
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"

export function Picture({ src, alt }: { src: string | null; alt: string }) {
  const { t } = useTranslation("patrol")
  const [ready, setReady] = useState<string | null>(null)
  useEffect(() => {
    if (src === null) return
    let wanted = true
    const next = new Image()
    next.onload = () => { if (wanted) setReady(src) }
    next.src = src
    return () => { wanted = false }
  }, [src])
  return (
    <span className="frame">
      {src !== null && ready !== null ? <img src={ready} alt={alt} /> : <span className="quiet">{t("waiting")}</span>}
    </span>
  )
}
