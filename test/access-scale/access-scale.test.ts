// One process and one server a database for all of them.
import './history.ts'
import './hygiene.ts'
import './templates.ts'
