ALTER TABLE "jobs" ADD COLUMN "curation" jsonb;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "transfer" jsonb;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "curator" jsonb;