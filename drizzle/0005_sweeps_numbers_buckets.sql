CREATE TABLE "sweeps" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "sweeps_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"owner_id" uuid NOT NULL,
	"connector" text NOT NULL,
	"version" text NOT NULL,
	"output_storage" text NOT NULL,
	"output_path" text DEFAULT '' NOT NULL,
	"parameters" json NOT NULL,
	"over" json NOT NULL,
	"at_most" integer NOT NULL,
	"idempotency_key" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sweeps_idempotency" UNIQUE("owner_id","idempotency_key")
);
--> statement-breakpoint
DROP INDEX "jobs_last_seq";--> statement-breakpoint
ALTER TABLE "connector_versions" ADD COLUMN "in_workers" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "sweep_id" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "point" json;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "workers_lost" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "looked_for_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "platforms" ADD COLUMN "bucket" jsonb;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "numbers" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "sweeps" ADD CONSTRAINT "sweeps_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sweeps" ADD CONSTRAINT "sweeps_version_connector_versions_hash_fk" FOREIGN KEY ("version") REFERENCES "public"."connector_versions"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sweeps" ADD CONSTRAINT "sweeps_output_storage_platforms_name_fk" FOREIGN KEY ("output_storage") REFERENCES "public"."platforms"("name") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint
CREATE INDEX "sweeps_owner" ON "sweeps" USING btree ("owner_id","id");--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_sweep_id_sweeps_id_fk" FOREIGN KEY ("sweep_id") REFERENCES "public"."sweeps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "jobs_sweep" ON "jobs" USING btree ("sweep_id","status");--> statement-breakpoint
CREATE INDEX "jobs_sweep_last_seq" ON "jobs" USING btree ("sweep_id","last_seq");--> statement-breakpoint
CREATE INDEX "jobs_last_seq" ON "jobs" USING btree ("last_seq") WHERE "jobs"."sweep_id" is null;