// The tracking plan 埋点方案: events and their fields, drawn from what arrived, taken in and out as JSON.
import { useMutation } from "@tanstack/react-query"
import { Alert, App, Button, Input, Segmented } from "antd"
import { useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { DownloadIcon, PlusIcon, TrashIcon } from "../../ui/icons"
import { Message } from "../../ui/States"
import { collect, type Source } from "./collect"
import { allowedOf, merged, MODES, planOf, TYPES, type Mode, type Plan, type Property } from "./plan"
import { useCollectRefusal } from "./refusal"

export function PlanEditor({ source, manages, saved }: { source: Source; manages: boolean; saved: () => void }) {
  const { t } = useTranslation("collect")
  const { t: ui } = useTranslation("ui")
  const { message } = App.useApp()
  const refusal = useCollectRefusal()
  const [edited, setEdited] = useState<Plan | null>(null)
  const [event, setEvent] = useState("")
  const file = useRef<HTMLInputElement>(null)
  const plan = edited ?? source.plan
  const save = useMutation({
    mutationFn: () => collect.change(source.id, { plan }),
    onSuccess: () => { setEdited(null); saved(); void message.success(t("saved")) },
  })
  const draft = useMutation({
    mutationFn: () => collect.draft(source.id),
    onSuccess: (drawn) => {
      if (drawn.events === 0) return void message.info(t("plan_drafted_none"))
      setEdited(merged(plan, drawn.plan))
      void message.success(t("plan_drafted", { n: String(drawn.events) }))
    },
    onError: (error) => void message.error(refusal(error)),
  })
  const take = async (chosen: File | undefined) => {
    if (!chosen) return
    const read = planOf(await chosen.text())
    if (!read) return void message.error(t("plan_bad_file"))
    setEdited(read)
    void message.success(t("plan_imported"))
  }
  const give = () => {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([JSON.stringify(plan, null, 2)], { type: "application/json" }))
    link.download = `${source.name.replace(/[^\p{L}\p{N}_-]+/gu, "-")}-plan.json`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000)
  }
  const set = (name: string, properties: Record<string, Property> | null) => {
    const others = Object.fromEntries(Object.entries(plan.events).filter(([other]) => other !== name))
    setEdited({ ...plan, events: properties ? { ...plan.events, [name]: { properties } } : others })
  }
  const fresh = event.trim()
  const add = () => {
    set(fresh, {})
    setEvent("")
  }
  const names = Object.keys(plan.events)
  return (
    <section className="stack" aria-label={t("tab_plan")}>
      <div className="panel plan-bar">
        <Segmented<Mode>
          aria-label={t("plan_mode")} value={plan.mode} disabled={!manages} options={MODES.map((mode) => ({ value: mode, label: t(`mode_${mode}`) }))}
          onChange={(mode) => setEdited({ ...plan, mode })}
        />
        <span className="quiet">{t(`mode_${plan.mode}_hint`)}</span>
        <span className="spring" />
        {manages && <Button loading={draft.isPending} onClick={() => draft.mutate()}>{t("plan_draft")}</Button>}
        {manages && <Button onClick={() => file.current?.click()}>{t("plan_import")}</Button>}
        <Button icon={<DownloadIcon />} onClick={give}>{t("plan_export")}</Button>
        <input ref={file} type="file" accept="application/json,.json" hidden aria-label={t("plan_import")} onChange={(change) => { void take(change.target.files?.[0]); change.target.value = "" }} />
      </div>
      {save.error && <Alert type="error" showIcon title={refusal(save.error)} role="alert" />}
      {names.length === 0 && <div className="panel"><Message title={t("plan_none")} hint={t("plan_none_hint")} /></div>}
      {names.map((name) => <EventFields key={name} name={name} properties={plan.events[name]?.properties ?? {}} manages={manages} set={(properties) => set(name, properties)} />)}
      {manages && (
        <form className="plan-add" onSubmit={(submit) => { submit.preventDefault(); if (fresh !== "" && !(fresh in plan.events)) add() }}>
          <Input value={event} maxLength={200} aria-label={t("plan_event_name")} placeholder={t("plan_event_name")} onChange={(change) => setEvent(change.target.value)} {...(fresh in plan.events ? { status: "error" as const } : {})} />
          <Button htmlType="submit" icon={<PlusIcon />} disabled={fresh === "" || fresh in plan.events}>{t("plan_add_event")}</Button>
        </form>
      )}
      {edited && (
        <div className="plan-save" role="status">
          <span>{t("plan_unsaved")}</span>
          <Button onClick={() => setEdited(null)}>{ui("cancel")}</Button>
          <Button type="primary" loading={save.isPending} onClick={() => save.mutate()}>{ui("save")}</Button>
        </div>
      )}
    </section>
  )
}

interface EventProps {
  name: string
  properties: Record<string, Property>
  manages: boolean
  set: (properties: Record<string, Property> | null) => void
}

function EventFields({ name, properties, manages, set }: EventProps) {
  const { t } = useTranslation("collect")
  const [field, setField] = useState("")
  const fresh = field.trim()
  const fields = Object.entries(properties)
  const without = (key: string) => Object.fromEntries(fields.filter(([other]) => other !== key))
  return (
    <section className="panel plan-event" aria-label={`${t("plan_event")} ${name}`}>
      <div className="panel-head">
        <h2 className="mono">{name}</h2>
        <span className="spring" />
        {manages && <Button type="text" size="small" icon={<TrashIcon />} aria-label={`${t("plan_remove")} ${name}`} onClick={() => set(null)} />}
      </div>
      {fields.length > 0 && (
        <ul className="plan-fields">
          {fields.map(([key, property]) => (
            <Field
              key={key} name={key} property={property} manages={manages}
              set={(changed) => set(changed ? { ...properties, [key]: changed } : without(key))}
            />
          ))}
        </ul>
      )}
      {manages && (
        <form className="plan-add" onSubmit={(submit) => {
          submit.preventDefault()
          if (fresh === "" || fresh in properties) return
          set({ ...properties, [fresh]: { type: "string", required: false } })
          setField("")
        }}
        >
          <Input size="small" value={field} maxLength={200} aria-label={`${t("plan_property")} ${name}`} placeholder={t("plan_property")} onChange={(change) => setField(change.target.value)} {...(fresh in properties ? { status: "error" as const } : {})} />
          <Button size="small" htmlType="submit" icon={<PlusIcon size={13} />} disabled={fresh === "" || fresh in properties}>{t("plan_add_property")}</Button>
        </form>
      )}
    </section>
  )
}

function Field({ name, property, manages, set }: { name: string; property: Property; manages: boolean; set: (changed: Property | null) => void }) {
  const { t } = useTranslation("collect")
  const [typed, setTyped] = useState<string | null>(null)
  const allowed = (property.allowed ?? []).map(String).join(", ")
  const bad = typed !== null && allowedOf(typed, property.type) === null
  const limited = property.type !== "object" && property.type !== "array"
  const keep = () => {
    const values = typed === null ? null : allowedOf(typed, property.type)
    if (!values) return
    set({ type: property.type, required: property.required, ...(values.length > 0 ? { allowed: values } : {}) })
    setTyped(null)
  }
  return (
    <li>
      <span className="mono strong plan-field">{name}</span>
      <select
        className="plain-select" aria-label={`${t("plan_type")} ${name}`} value={property.type} disabled={!manages}
        onChange={(event) => { setTyped(null); set({ type: TYPES.find((one) => one === event.target.value) ?? "any", required: property.required }) }}
      >
        {TYPES.map((type) => <option key={type} value={type}>{t(`type_${type}`)}</option>)}
      </select>
      <label className="inline-switch">
        <input type="checkbox" checked={property.required} disabled={!manages} onChange={(event) => set({ ...property, required: event.target.checked })} />
        {t("plan_required")}<span className="sr"> {name}</span>
      </label>
      {limited && (
        <Input
          size="small" className="plan-allowed" disabled={!manages} aria-label={`${t("plan_allowed")} ${name}`} placeholder={t("plan_allowed_hint")} value={typed ?? allowed}
          onChange={(event) => setTyped(event.target.value)} onBlur={keep} onPressEnter={keep} {...(bad ? { status: "error" as const, title: t("plan_allowed_bad") } : {})}
        />
      )}
      {manages && <Button type="text" size="small" icon={<TrashIcon size={14} />} aria-label={`${t("plan_remove")} ${name}`} onClick={() => set(null)} />}
    </li>
  )
}
