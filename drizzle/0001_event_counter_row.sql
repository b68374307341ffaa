-- The one row of the counter that gives events their sequence numbers.
INSERT INTO "event_counter" ("only", "last") VALUES (true, 0) ON CONFLICT DO NOTHING;
