// 试查: what the lists in force say of a text. Nothing of it is kept.
import { useMutation } from "@tanstack/react-query"
import { Alert, Button, Input } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { Room } from "../../api/types"
import { moderation, SCOPES, type Checked } from "./moderation"
import { Marked, Reasons, type Hit } from "./Reasons"
import { useModerationRefusal } from "./refusal"

const VERDICTS = ["allow", "alarm", "mask", "hold", "block"] as const
const known = (level: string) => VERDICTS.find((one) => one === level) ?? "hold"

export function Try({ rooms }: { rooms: Room[] }) {
  const { t } = useTranslation("moderation")
  const refusal = useModerationRefusal()
  const [text, setText] = useState("")
  const [scope, setScope] = useState<(typeof SCOPES)[number]>("danmaku")
  const [room, setRoom] = useState("")
  const check = useMutation({ mutationFn: async () => ({ text, said: await moderation.check(text, scope, room) }) })
  return (
    <section className="panel try" aria-label={t("try")} data-testid="try">
      <form onSubmit={(event) => { event.preventDefault(); check.mutate() }}>
        <Input.TextArea value={text} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 1, maxRows: 8 }} maxLength={20_000} aria-label={t("try_text")} placeholder={t("try_text")} />
        <select className="plain-select" aria-label={t("scope")} value={scope} onChange={(event) => setScope(SCOPES.find((one) => one === event.target.value) ?? "danmaku")}>
          {SCOPES.map((one) => <option key={one} value={one}>{t(`scope_${one}`)}</option>)}
        </select>
        <select className="plain-select" aria-label={t("room")} value={room} onChange={(event) => setRoom(event.target.value)}>
          <option value="">{t("any_room")}</option>
          {rooms.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
        </select>
        <Button htmlType="submit" loading={check.isPending} disabled={text.trim() === ""}>{t("try")}</Button>
      </form>
      {check.error && <Alert type="error" showIcon title={refusal(check.error)} role="alert" />}
      {check.data && <Said text={check.data.text} said={check.data.said} />}
    </section>
  )
}

function Said({ text, said }: { text: string; said: Checked }) {
  const { t } = useTranslation("moderation")
  const hits = said.hits.flatMap((hit): Hit[] => {
    const level = known(hit.level)
    return level === "allow" ? [] : [{ ...hit, level }]
  })
  return (
    <div role="status" data-testid="said" data-verdict={said.verdict}>
      <p className="item-text"><span className={`level ${said.verdict}`}>{t(`level_${known(said.verdict)}`)}</span> <Marked text={text} hits={hits} /></p>
      {said.verdict === "mask" && <p className="quiet">{t("masked_as")} {said.text_masked}</p>}
      <Reasons hits={hits} />
    </div>
  )
}
