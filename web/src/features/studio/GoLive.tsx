// Whether one may go live, and to which address.
import { useTranslation } from "react-i18next"
import type { Check, Room } from "../../api/types"
import { useNow } from "../../ui/Ago"
import { CopyField } from "../../ui/CopyField"
import { dateTime } from "../../ui/format"
import { resultOf } from "./Findings"
import { mayGo, standing, verdictOf, type Standing, type Verdict } from "./standing"

const TONES: Record<Verdict, string> = { live: "live", ready: "pass", look: "warn", unchecked: "unchecked", device_fails: "warn", fails: "fail", first: "none" }

export function GoLive({ room, push, device }: { room: Room; push: Check | undefined; device: Check | undefined }) {
  const { t } = useTranslation("studio")
  const now = useNow()
  const [encoder, own] = [standing(push, now), standing(device, now)]
  const verdict = verdictOf(room.live, encoder, own)
  const address = push?.push_url?.replace(/\/check$/, "/live")
  return (
    <section className={`panel go ${TONES[verdict]}`} aria-label={t("go")} data-testid="go-live" data-standing={TONES[verdict]} data-verdict={verdict}>
      <div className="go-body">
        <strong>{t(`go_${verdict}`)}</strong>
        <p>{t(`go_${verdict}_hint`)}</p>
        {address && mayGo(verdict) && <CopyField label={t("go_address")} value={address} />}
        <dl className="go-steps">
          <Step name={t("step_push")} check={push} standing={encoder} />
          <Step name={t("step_device")} check={device} standing={own} />
        </dl>
      </div>
    </section>
  )
}

function Step({ name, check, standing }: { name: string; check: Check | undefined; standing: Standing }) {
  const { t } = useTranslation("studio")
  const word = standing === "none" || standing === "old" ? t(`step_${standing}`) : resultOf(t, standing)
  return (
    <div className={standing}>
      <dt>{name}</dt>
      <dd>{word}{check?.finished_at != null && <span className="quiet num"> {dateTime(check.finished_at)}</span>}</dd>
    </div>
  )
}
