// Whether one may go live, and to which address.
import { useTranslation } from "react-i18next"
import type { Check, CheckLevel, Room } from "../../api/types"
import { useNow } from "../../ui/Ago"
import { CopyField } from "../../ui/CopyField"
import { dateTime } from "../../ui/format"

/** What was checked longer ago says nothing about today. */
const FRESH_MS = 24 * 3600 * 1000

type Standing = CheckLevel | "none" | "old"

export function GoLive({ room, push, device }: { room: Room; push: Check | undefined; device: Check | undefined }) {
  const { t } = useTranslation("studio")
  const now = useNow()
  const encoder = standing(push, now)
  const address = push?.push_url?.replace(/\/check$/, "/live")
  const tone = room.live ? "live" : encoder
  const [title, hint] = words(room.live, encoder)
  return (
    <section className={`panel go ${tone}`} aria-label={t("go")} data-testid="go-live" data-standing={tone}>
      <div className="go-body">
        <strong>{t(title)}</strong>
        <p>{t(hint)}</p>
        {address && (encoder === "pass" || encoder === "warn" || room.live) && <CopyField label={t("go_address")} value={address} />}
        <dl className="go-steps">
          <Step name={t("step_push")} check={push} standing={encoder} />
          <Step name={t("step_device")} check={device} standing={standing(device, now)} />
        </dl>
      </div>
    </section>
  )
}

function words(live: boolean, encoder: Standing) {
  if (live) return ["go_live", "go_live_hint"] as const
  if (encoder === "pass") return ["go_ready", "go_ready_hint"] as const
  if (encoder === "warn") return ["go_look", "go_ready_hint"] as const
  if (encoder === "none" || encoder === "old") return ["go_first", "go_first_hint"] as const
  return ["go_not", "go_not_hint"] as const
}

function standing(check: Check | undefined, now: number): Standing {
  if (check?.finished_at == null || check.result == null) return "none"
  return now - check.finished_at > FRESH_MS ? "old" : check.result
}

function Step({ name, check, standing }: { name: string; check: Check | undefined; standing: Standing }) {
  const { t } = useTranslation("studio")
  const word = standing === "none" || standing === "old" ? t(`step_${standing}`) : t(`level_${standing}`)
  return (
    <div className={standing}>
      <dt>{name}</dt>
      <dd>{word}{check?.finished_at != null && <span className="quiet num"> {dateTime(check.finished_at)}</span>}</dd>
    </div>
  )
}
