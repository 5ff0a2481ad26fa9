import { runTogether } from "./run-together"

runTogether(1, 2)
