// What a feature tells the shell about itself.
import type { ComponentType } from "react"
import type { Language } from "../ui/appearance"

export interface Feature {
  /** Below `/console`. */
  path: string
  /** In the menu, which stands before the feature's own texts are there. */
  title: Record<Language, string>
  /** The permission without which it is neither listed nor opened. */
  needs: string
  icon: ComponentType<{ size?: number }>
  page: () => Promise<{ default: ComponentType }>
}

export function feature(one: Feature): Feature {
  return one
}
