// The page around sign-in and password: what stands before the shell.
import type { ReactNode } from "react"
import { AppearanceButtons } from "../../shell/AppearanceButtons"

export function Gate({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="gate">
      <div className="gate-top"><AppearanceButtons /></div>
      <main className="gate-card">
        <p className="gate-brand"><img src="/icon.svg" alt="" width={28} height={28} /> Kaibo 开播</p>
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  )
}
