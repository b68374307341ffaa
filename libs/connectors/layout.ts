// Where things are in a payload.
export const BOOTSTRAP = 'bootstrap.sh';
export const MAIN = 'process_payload/main.sh';
export const SCHEDULE = 'process_payload/schedule.sh';
/** What Kiln adds to a payload that it adapts; its presence says that this was done. */
export const ADDED = 'process_payload/.kiln';
/** Where the `schedule.sh` of an adapted payload then is. */
export const OWN_SCHEDULE = 'process_payload/own-schedule.sh';
/** Where an adapted payload of Chiminey's older layout then is, as a whole. */
export const OLDER_COPY = `${ADDED}/chiminey_payload_copy`;
/** What runs a task in Chiminey's older layout, by which a payload of it is known. */
export const OLDER_MAIN = 'process_payload/start_running_process.sh';
