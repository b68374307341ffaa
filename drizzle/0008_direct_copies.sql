CREATE TABLE "direct_copies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" integer NOT NULL,
	"worker" text NOT NULL,
	"client" text,
	"server" text,
	"way" text NOT NULL,
	"hidden" text NOT NULL,
	"fingerprint" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "direct_copies" ADD CONSTRAINT "direct_copies_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direct_copies" ADD CONSTRAINT "direct_copies_client_platforms_name_fk" FOREIGN KEY ("client") REFERENCES "public"."platforms"("name") ON DELETE set null ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "direct_copies" ADD CONSTRAINT "direct_copies_server_platforms_name_fk" FOREIGN KEY ("server") REFERENCES "public"."platforms"("name") ON DELETE set null ON UPDATE cascade;