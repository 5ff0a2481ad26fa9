import { runTogether } from "../support/medusa-runner"

runTogether(/^[i-o]/)
