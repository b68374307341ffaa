ALTER TABLE "connector_versions" ADD COLUMN "in_workers" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "workers_lost" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "looked_for_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "bucket" jsonb;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "numbers" jsonb DEFAULT '{}'::jsonb NOT NULL;