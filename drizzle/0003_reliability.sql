CREATE TABLE "attempts" (
	"job_id" integer NOT NULL,
	"number" integer NOT NULL,
	"attempt" integer NOT NULL,
	"iteration" integer NOT NULL,
	"node" text NOT NULL,
	"exit_code" integer,
	"failure" jsonb,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"collected" boolean NOT NULL,
	CONSTRAINT "attempts_job_id_number_attempt_pk" PRIMARY KEY("job_id","number","attempt")
);
--> statement-breakpoint
CREATE TABLE "iterations" (
	"job_id" integer NOT NULL,
	"iteration" integer NOT NULL,
	"criterion" double precision,
	"scores" json DEFAULT '{}'::json NOT NULL,
	"kept" json DEFAULT '[]'::json NOT NULL,
	"inputs" json DEFAULT '[]'::json NOT NULL,
	"ending" text,
	"note" text,
	CONSTRAINT "iterations_job_id_iteration_pk" PRIMARY KEY("job_id","iteration")
);
--> statement-breakpoint
ALTER TABLE "platforms" ALTER COLUMN "settings" SET DEFAULT '{"root":"","home":"","modules":[],"setup":"","resources":{},"limits":{"tasks":null,"submissionsPerMinute":30,"commandsPerSecond":25,"connections":1,"sessions":8,"lostAfter":86400}}'::jsonb;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "stage_since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "round_since" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "maximum_iterations" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "stop_after_iteration" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "sweep" json;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "branch_of" jsonb;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "inputs" integer;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "batches" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "nodes" ADD COLUMN "unreachable_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "input" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "retries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "not_before" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "avoid" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "boost" jsonb DEFAULT '{"memory":1,"time":1}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "wave" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "iterations" ADD CONSTRAINT "iterations_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
UPDATE "nodes" SET "batches" = jsonb_build_array(jsonb_build_object('name', "batch", 'offset', "journal_offset")) WHERE "batch" IS NOT NULL;--> statement-breakpoint
UPDATE "platforms" SET "settings" = jsonb_set("settings", '{limits,lostAfter}', '86400') WHERE NOT "settings"->'limits' ? 'lostAfter';
