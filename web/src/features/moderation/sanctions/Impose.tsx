// Imposing a sanction: what the ladder says stands there already; whoever chooses something else says why.
import { useQuery } from "@tanstack/react-query"
import { Alert, Checkbox, Input, Modal, Select } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { useClauseName, useClauses } from "../Reasons"
import { useImposing } from "./imposing"
import { CUT_LENGTHS, CUT_MINUTES, isOfRoom, KINDS, lasts, LENGTHS, sanctions, type Kind } from "./sanctions"
import { useLength, useSanctionRefusal, useStep } from "./words"

interface Props {
  position: number
  text: string
  clause: string
  close: () => void
}

export function Impose({ position, text, clause: first, close }: Props) {
  const { t } = useTranslation("sanctions")
  const refusal = useSanctionRefusal()
  const named = useClauseName()
  const clauses = useClauses()
  const length = useLength()
  const step = useStep()
  const [clause, setClause] = useState(first)
  const [kind, setKind] = useState<Kind | "ladder">("ladder")
  const [minutes, setMinutes] = useState<number | null>(60)
  const [everywhere, setEverywhere] = useState(false)
  const [why, setWhy] = useState("")
  const proposal = useQuery({ queryKey: ["sanction-proposal", position, clause], queryFn: () => sanctions.proposal(position, clause), gcTime: 0 })
  const told = proposal.data
  const choose = (next: Kind | "ladder") => {
    setKind(next)
    if (next === "cut_traffic") setMinutes(CUT_MINUTES)
    if (isOfRoom(next)) setEverywhere(false)
  }
  const { impose, busy, failure } = useImposing(close)
  const finish = () => impose({
    position, clause, ...(kind === "ladder" ? {} : { kind }), ...(lasts(kind) && minutes !== null ? { minutes } : {}), ...(everywhere ? { everywhere } : {}), ...(why.trim() === "" ? {} : { why: why.trim() }),
  })
  return (
    <Modal
      open title={t("impose")} okText={t("impose_ok")} okButtonProps={{ danger: true, disabled: !told || (kind !== "ladder" && why.trim() === "") }} confirmLoading={busy} width={520}
      onOk={finish} onCancel={close} destroyOnHidden
    >
      <div className="impose" data-testid="impose">
        <blockquote>{text}</blockquote>
        {failure && <Alert type="error" showIcon title={failure} role="alert" />}
        {proposal.isError && <Alert type="error" showIcon title={refusal(proposal.error)} role="alert" />}
        {told?.already && <Alert type="warning" showIcon title={t("already")} />}
        <label>{t("clause")}<Select value={clause} onChange={setClause} options={clauses.data?.map((one) => ({ value: one.code, label: named(one.code) })) ?? []} /></label>
        {told && (
          <section aria-label={t("ladder")}>
            <p className="quiet">{told.strikes === 0 ? t("first_time") : t("strikes", { n: String(told.strikes) })}</p>
            <ol className="ladder-steps">
              {told.ladder.map((one, at) => <li key={at} aria-current={at === Math.min(told.strikes, told.ladder.length - 1)}>{step({ kind: one.kind, minutes: one.minutes ?? null })}</li>)}
            </ol>
          </section>
        )}
        <label>{t("what")}
          <Select<Kind | "ladder">
            value={kind} onChange={choose}
            options={[{ value: "ladder" as const, label: told ? t("as_ladder", { what: step({ kind: told.proposed.kind, minutes: told.proposed.minutes ?? null }) }) : "…" }, ...KINDS.map((value) => ({ value, label: t(`kind_${value}`) }))]}
          />
        </label>
        {lasts(kind) && (
          <label>{t("how_long")}
            <Select value={minutes ?? 0} onChange={(value) => setMinutes(value === 0 ? null : value)} options={(kind === "cut_traffic" ? CUT_LENGTHS : LENGTHS).map((value) => ({ value: value ?? 0, label: length(value) }))} />
          </label>
        )}
        {kind === "cut_traffic" && <p className="quiet">{t("cut_hint")}</p>}
        {!isOfRoom(kind) && <Checkbox checked={everywhere} onChange={(event) => setEverywhere(event.target.checked)}>{t("everywhere_too")}</Checkbox>}
        <label>{t(kind === "ladder" ? "why" : "why_needed")}<Input.TextArea value={why} onChange={(event) => setWhy(event.target.value)} maxLength={500} rows={2} /></label>
      </div>
    </Modal>
  )
}
