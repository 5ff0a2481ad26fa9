import { runTogether } from "../support/medusa-runner"

runTogether(/^(?!network-)[i-o]/)
