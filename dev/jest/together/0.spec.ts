import { runTogether } from "./run-together"

runTogether(0, 2)
