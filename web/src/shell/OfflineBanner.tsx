// Says that the server is out of reach and since when the figures stand still.
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { onReachability } from "../api/client"
import { timeOfDay } from "../ui/format"

export function OfflineBanner() {
  const { t } = useTranslation("ui")
  const [since, setSince] = useState<number | null>(null)
  useEffect(() => {
    let lastHeard = Date.now()
    return onReachability((reachable) => {
      if (reachable) lastHeard = Date.now()
      const stopped = lastHeard
      setSince((now) => (reachable ? null : (now ?? stopped)))
    })
  }, [])
  if (since === null) return null
  return <div className="offline num" role="alert">{t("offline_since", { time: timeOfDay(since) })}</div>
}
