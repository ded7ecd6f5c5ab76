// One version: what it is worth, on which set, and what it makes of what people decided.
import { useMutation, useQuery } from "@tanstack/react-query"
import { Alert, App, Button } from "antd"
import { useTranslation } from "react-i18next"
import { count, dateTime, percent } from "../../../ui/format"
import { bounded, fallen, FIGURES, models, type Quality, type Version } from "./models"
import { useModelRefusal } from "./refusal"

interface Props {
  version: Version
  inForce: Version | undefined
  manages: boolean
  changed: () => void
  close: () => void
}

export function VersionDetail({ version, inForce, manages, changed, close }: Props) {
  const { t } = useTranslation("models")
  const { message } = App.useApp()
  const refusal = useModelRefusal()
  const asked = version.state === "shadow" || version.state === "in_force"
  const outcomes = useQuery({ queryKey: ["models", "outcomes", version.id, version.state], queryFn: () => models.outcomes(version.id), enabled: asked })
  const compare = useMutation({ mutationFn: (other: string) => models.compare(version.id, other) })
  const bring = useMutation({
    mutationFn: (file: Blob) => models.texts(version.id, file),
    onSuccess: () => { changed(); void message.success(t("brought")) },
    onError: (error) => void message.error(refusal(error)),
  })
  const fell = fallen(version.reason)
  const { measured } = version
  return (
    <section className="panel version" data-testid="version">
      <div className="panel-head">
        <h2>{t("number")} {version.number}</h2>
        <span className="spring" />
        {manages && version.kept && (
          <label className="file-button">
            {t("bring_texts")}
            <input
              className="sr" type="file" accept=".tsv,.txt,text/plain"
              onChange={(event) => {
                const file = event.target.files?.[0]
                event.target.value = ""
                if (file) bring.mutate(file)
              }}
            />
          </label>
        )}
        {inForce && inForce.id !== version.id && version.kept && <Button size="small" loading={compare.isPending} onClick={() => compare.mutate(inForce.id)}>{t("compare")}</Button>}
        <Button size="small" onClick={close}>{t("close")}</Button>
      </div>
      <div className="version-body">
        {version.note !== "" && <p>{version.note}</p>}
        {!version.kept && <Alert type="warning" showIcon title={t("kept_not")} />}
        {version.reason !== "" && <p>{t("reason")}: {fell ? t("reason_fell", fell) : version.reason}</p>}
        {version.origin === "verdicts" && <p className="quiet">{t("learned_from", { n: count(version.texts), bad: count(version.bad) })}</p>}
        {measured ? (
          <>
            <p className="quiet">{t("measured_on", { verdicts: count(measured.verdicts), brought: count(measured.brought) })} · {t("percent_note")}</p>
            <Figures label={t("number")} of={[[t("this"), measured.all]]} />
            <h3>{t("coverage")}</h3>
            <ol className="surest" aria-label={t("coverage")}>
              {measured.all.at_coverage.map((at) => (
                <li key={at.coverage}><span className="quiet">{percent(at.coverage, 0)}</span><b className="num">{percent(at.accuracy)}</b></li>
              ))}
            </ol>
            <p className="quiet digest">{t("set")} {measured.set_sha256}</p>
          </>
        ) : <p className="quiet">{t("unmeasured")}</p>}
        {compare.error && <Alert type="error" showIcon title={refusal(compare.error)} role="alert" />}
        {compare.data && (
          <div data-testid="comparison" className="stack">
            <h3>{t("compare")}</h3>
            <Figures label={t("compare")} of={[[t("this"), compare.data.this], [t("in_force"), compare.data.other]]} />
            <p className="quiet">{t("only_this", { n: count(compare.data.only_this_right) })} · {t("only_other", { n: count(compare.data.only_other_right) })}</p>
          </div>
        )}
        {asked && outcomes.data && (
          <>
            <h3>{t("outcomes")} <span className="quiet">{t("outcomes_hint", { at: dateTime(outcomes.data.since_ms) })}</span></h3>
            <div className="table-box" tabIndex={0} role="region" aria-label={t("outcomes")}>
              <table className="table" data-testid="outcomes">
                <thead>
                  <tr><td /><th scope="col" className="right">{t("would_pass")}</th><th scope="col" className="right">{t("would_alarm")}</th><th scope="col" className="right">{t("would_hold")}</th><th scope="col" className="right">{t("differs")}</th></tr>
                </thead>
                <tbody>
                  {([["people_passed", outcomes.data.passed, outcomes.data.otherwise_passed], ["people_rejected", outcomes.data.rejected, outcomes.data.otherwise_rejected]] as const).map(([said, would, otherwise]) => (
                    <tr key={said}>
                      <th scope="row">{t(said)}</th>
                      {[would.pass, would.alarm, would.hold, otherwise].map((n, at) => <td key={at} className="right num">{count(n)}</td>)}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        )}
      </div>
    </section>
  )
}

function Figures({ label, of }: { label: string; of: [string, Quality][] }) {
  const { t } = useTranslation("models")
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={label}>
      <table className="table model-figures">
        <thead><tr><td />{FIGURES.map((figure) => <th key={figure} scope="col" className="right">{t(figure)}</th>)}</tr></thead>
        <tbody>
          {of.map(([name, quality]) => (
            <tr key={name}><th scope="row">{name}</th>{FIGURES.map((figure) => <td key={figure} className="right num">{bounded(quality[figure], quality.intervals[figure])}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
