import { Badge, Heading, Input, Text } from "@medusajs/ui"
import { useState } from "react"
import {
  hideNamelessIcons,
  useControlNames,
} from "../../hooks/use-control-names"
import { categoryLabel } from "../../lib/labels"
import type { SocialProvider } from "../../../shared/api-types"

type ProviderPickerProps = {
  providers: SocialProvider[]
  onPick: (identifier: string) => void
}

const SEARCH_FROM = 7

/** The first step of connecting a service: which one is it? */
export const ProviderPicker = ({ providers, onPick }: ProviderPickerProps) => {
  const [search, setSearch] = useState("")
  const searchRef = useControlNames(hideNamelessIcons)
  const matching = providers.filter((provider) => matches(provider, search))

  return (
    <>
      <div className="flex flex-col gap-y-1">
        <Heading level="h1">Connect a service</Heading>
        <Text size="small" className="text-ui-fg-subtle">
          Which service do you want to connect?
        </Text>
      </div>
      {providers.length >= SEARCH_FROM && (
        <div ref={searchRef}>
          <Input
            type="search"
            aria-label="Search services"
            autoFocus
            placeholder="Search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && matching.length === 1) {
                // The same press must not send the form that comes next.
                event.preventDefault()
                onPick(matching[0].identifier)
              }
            }}
          />
        </div>
      )}
      <ul className="grid grid-cols-1 gap-3 md:grid-cols-2">
        {matching.map((provider) => (
          <li key={provider.identifier}>
            <button
              type="button"
              onClick={() => onPick(provider.identifier)}
              className="bg-ui-bg-component shadow-elevation-card-rest hover:bg-ui-bg-component-hover focus-visible:shadow-borders-focus transition-fg flex h-full w-full flex-col items-start gap-y-1 rounded-lg p-4 text-left outline-none"
            >
              <span className="flex w-full items-center justify-between gap-x-2">
                <span className="txt-compact-medium-plus text-ui-fg-base">
                  {provider.label}
                </span>
                <Badge size="2xsmall">{categoryLabel(provider.category)}</Badge>
              </span>
              <span className="txt-small text-ui-fg-subtle">
                {provider.description}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {matching.length === 0 && (
        <Text size="small" className="text-ui-fg-subtle" role="status">
          {search
            ? "No service matches your search."
            : "Your application has no services to connect to."}
        </Text>
      )}
    </>
  )
}

const matches = (provider: SocialProvider, search: string): boolean =>
  [provider.label, provider.identifier, provider.description, provider.category]
    .join(" ")
    .toLowerCase()
    .includes(search.trim().toLowerCase())
