CREATE TABLE "sealing_key" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"public_key" text NOT NULL,
	CONSTRAINT "sealing_key_one_row" CHECK ("sealing_key"."only")
);
--> statement-breakpoint
ALTER TABLE "jobs" DROP CONSTRAINT "jobs_platform_platforms_name_fk";
--> statement-breakpoint
ALTER TABLE "jobs" DROP CONSTRAINT "jobs_output_storage_platforms_name_fk";
--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "chosen_slots" integer;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "connection" jsonb;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "settings" jsonb DEFAULT '{"root":"","home":"","modules":[],"setup":"","resources":{},"limits":{"tasks":null,"submissionsPerMinute":30,"commandsPerSecond":25,"connections":1,"sessions":8}}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "facts" jsonb;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "state" text DEFAULT 'ready' NOT NULL;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "findings" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "host_keys" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "public_key" text;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "credential" "bytea";--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "enrolment" "bytea";--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "revision" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "deleted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "workers" ADD COLUMN "connections" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_platform_platforms_name_fk" FOREIGN KEY ("platform") REFERENCES "public"."platforms"("name") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_output_storage_platforms_name_fk" FOREIGN KEY ("output_storage") REFERENCES "public"."platforms"("name") ON DELETE no action ON UPDATE cascade;